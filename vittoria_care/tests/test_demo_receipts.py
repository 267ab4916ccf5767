"""Receipts of certified e-mail in the demonstration: signed by its own authority, with one of each sort that proves nothing."""

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from notifications.models import DeliveryReport, ReturnedMessage
from notifications.tests.factories import NoticeFactory
from vittoria_care.demonstration.data.receipts import make_receipts

pytestmark = pytest.mark.django_db


def test_most_are_verified_one_cannot_be_and_one_is_forged(settings, tmp_path):
    settings.VAR_DIR, settings.PEC_TRUSTED_CERTIFICATES = tmp_path, str(tmp_path / "pec" / "authority.pem")
    now = timezone.now()
    for place in range(4):
        went = now - timedelta(days=1, minutes=place)
        NoticeFactory(channel="pec", address=f"ditta{place}@pec.example", state="sent", sent_at=went, claimed_at=went)
    assert make_receipts(SimpleNamespace(as_of=now)) == 8
    states = Counter(DeliveryReport.objects.values_list("outcome", "signature"))
    assert states == {
        ("unproved", "unverified"): 2,
        ("on_its_way", "verified"): 3,
        ("unproved", "wrong"): 1,
        ("delivered", "verified"): 2,
    }
    assert set(ReturnedMessage.objects.values_list("kind", "state")) == {("receipt", "open")}


def test_the_certificates_of_somebody_elses_file_are_left_alone(settings, tmp_path):
    settings.VAR_DIR, given = tmp_path / "var", tmp_path / "managers.pem"
    given.write_text("theirs")
    settings.PEC_TRUSTED_CERTIFICATES = str(given)
    make_receipts(SimpleNamespace(as_of=timezone.now()))
    assert given.read_text() == "theirs"
