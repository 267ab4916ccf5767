"""The details of events, in words."""

import pytest
from django.utils import translation

from complaints.details import in_words


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({}, ""),
        ({"text": "Ha telefonato."}, "Ha telefonato."),
        ({"from": "received", "to": "under_review", "handler": "Anna"}, "handler: Anna"),
        ({"area": ["", "legal"]}, "business area: – → legal"),
        (
            {"complainant_kind": ["injured", "association"]},
            "kind of complainant: injured party → consumer association",
        ),
        ({"about_conduct": [False, True]}, "about the conduct of an intermediary: no → yes"),
        ({"agency": ["None", "Alfa (A1)"]}, "intermediary concerned: – → Alfa (A1)"),
        (
            {"due_on": "2026-06-08", "days_left": 7, "told": ["Anna", "Ugo"]},
            "answer due on: 08/06/2026; days left: 7; informed: Anna, Ugo",
        ),
        ({"outcome": "rejected", "sent": "email", "sha256": "ab"}, "outcome: rejected; sent: by e-mail"),
        ({"by_itself": True, "days": 15}, "days: 15; by itself, after 15 days"),
        ({"reason": ["", "Ritardo"]}, "reason: – → Ritardo"),
        (
            {"received_on": ["2026-04-20", "2026-04-10"], "reason": "Timbro.", "due_on": "2026-05-25"},
            "received by the company on: 20/04/2026 → 10/04/2026; answer due on: 25/05/2026; reason: Timbro.",
        ),
        ({"reason": "2026-99-99"}, "reason: 2026-99-99"),
    ],
)
@pytest.mark.django_db
def test_what_an_event_holds_is_shown_in_words(details, words):
    with translation.override("en"):
        assert in_words(details) == words
