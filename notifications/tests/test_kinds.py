"""The texts about policies and claims: each names amount, date, policy, product and plate, and what the law asks."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from notifications import alert_kinds
from notifications.kinds import (
    CERTIFICATE_AVAILABLE,
    CLAIM_PEOPLE_CHANGED,
    CLAIM_TAKEN_IN_CHARGE,
    INSTALMENT_DUE,
    INSTALMENT_OVERDUE,
    POLICY_EXPIRING,
)
from notifications.kinds import KINDS as KINDS_KNOWN
from notifications.rendering import render

POLICY = {"policy": "P-77", "product": "Strada Sicura", "plate": "AB123CD", "line": "10"}
EXPIRY = POLICY | {"ends_on": "2026-12-31", "premium": "1240.50", "annual": True, "grace_days": 15}
INSTALMENT = POLICY | {"due_on": "2026-12-31", "amount": "620.25", "is_first": False}
CLAIM = POLICY | {
    "number": "S-9",
    "occurred_on": "2026-05-02",
    "adjuster": "dott.ssa Nora Pavan",
    "adjuster_phone": "+390255501401",
    "assessor": "Studio Actis",
    "repairer": "Carrozzeria del Ponte",
    "kind": "property",
    "signed_by_both": False,
    "complete_on": "2026-05-10",
}
CERTIFICATE = {name: value for name, value in POLICY.items() if name != "line"} | {
    "dated_on": "2026-11-20",
    "ends_on": "2026-12-31",
}
CHANGED = {name: value for name, value in CLAIM.items() if name not in ("kind", "signed_by_both", "complete_on")}
LIFE = {"line": "I", "plate": "", "product": "Domani Insieme"}
CLAIM_STEP = {name: CLAIM[name] for name in ("policy", "product", "plate", "number", "occurred_on")} | {"claim_id": 9}
PEOPLE = {name: CLAIM[name] for name in ("adjuster", "adjuster_phone", "assessor", "repairer")}
RENEWAL = {"number": "OFF-1", "starts_on": "2026-12-31", "until": "2027-12-31", "valid_until": "2027-01-10"}
FAILED = {"number": "PG-00000007", "failed_on": "2026-12-30", "reason": "fondi insufficienti", "instalment_id": 5, "offer_id": None}  # fmt: skip
ENDED = {name: EXPIRY[name] for name in ("ends_on", "annual", "grace_days")}
NO_LINE = {name: value for name, value in POLICY.items() if name != "line"}
RULES_KINDS = [
    (alert_kinds.POLICY_EXPIRY_REMINDER, EXPIRY),
    (alert_kinds.GRACE_ENDING, EXPIRY | {"offer_id": 3}),
    (alert_kinds.RENEWAL_OFFERED, EXPIRY | RENEWAL | {"offer_id": 3}),
    (alert_kinds.PAYMENT_FAILED, INSTALMENT | FAILED | ENDED),
    (alert_kinds.LIFE_MATURITY, NO_LINE | {"ends_on": "2026-12-31", "sum_insured": None, "value": "15000.00", "valued_on": "2026-11-30"}),
    (alert_kinds.CLAIM_VISIT, CLAIM_STEP | PEOPLE | {"visit_on": "2026-06-01", "visit_place": "Officina Blu"}),
    (alert_kinds.CLAIM_DOCUMENT_MISSING, NO_LINE | {"number": "S-9", "document": "Preventivo", "why": "Per la stima.", "due_on": "2026-06-01", "claim_id": 9}),
    (alert_kinds.CLAIM_OFFERED, CLAIM_STEP | PEOPLE | {"line": "10", "offered_on": "2026-06-01", "amount": "900.00", "accepted_on": None, "skipped_taken": True}),
    (alert_kinds.CLAIM_PAID, CLAIM_STEP | {"paid_on": "2026-06-20", "amount": "900.00", "offered_on": "2026-06-01", "offered_amount": "900.00", "skipped_taken": False, "skipped_offer": True}),
    (alert_kinds.CLAIM_REFUSED, CLAIM_STEP | {"refused_on": "2026-06-01", "reason": "Fuori garanzia.", "adjuster": "", "adjuster_phone": "", "skipped_taken": True}),
]  # fmt: skip
KINDS = [(POLICY_EXPIRING, EXPIRY), (INSTALMENT_DUE, INSTALMENT), (INSTALMENT_OVERDUE, INSTALMENT), (CLAIM_TAKEN_IN_CHARGE, CLAIM), (CLAIM_PEOPLE_CHANGED, CHANGED), (CERTIFICATE_AVAILABLE, CERTIFICATE), *RULES_KINDS]  # fmt: skip


def wording_of(kind, words, /, **changes):
    return render(kind, words | changes, language="en")


@pytest.mark.parametrize(("kind", "words"), KINDS, ids=[kind.code for kind, _words in KINDS])
@pytest.mark.parametrize("language", ["it", "en"])
def test_each_text_names_policy_product_and_plate(kind, words, language):
    text = render(kind, words, language=language)
    for wanted in ("P-77", "Strada Sicura", "AB123CD"):
        assert wanted in text.text
    assert "  " not in text.subject
    assert "\n\n\n" not in text.text


@pytest.mark.parametrize(("kind", "words"), KINDS, ids=[kind.code for kind, _words in KINDS])
def test_facts_read_from_json_say_what_the_values_themselves_say(kind, words):
    values = dict(words)
    for name in (each for each in kind.dates & words.keys() if words[each]):
        values[name] = date.fromisoformat(words[name])
    for name in (each for each in kind.amounts & words.keys() if words[each]):
        values[name] = Decimal(words[name])
    assert render(kind, values, language="it") == render(kind, words, language="it")


@pytest.mark.parametrize(
    ("kind", "words", "page"),
    [
        (INSTALMENT_DUE, INSTALMENT | {"instalment_id": 5}, "/pagamenti/rate/5/"),
        (POLICY_EXPIRING, EXPIRY, "/pagamenti/"),
        (alert_kinds.RENEWAL_OFFERED, EXPIRY | RENEWAL | {"offer_id": 3}, "/rinnovi/3/"),
        (alert_kinds.PAYMENT_FAILED, INSTALMENT | FAILED | ENDED, "/pagamenti/rate/5/"),
    ],
)
def test_what_is_to_be_paid_has_a_button_that_pays(kind, words, page):
    made = render(kind, words, language="it")
    assert f'href="{settings.SITE_URL}' in made.html
    assert f'{page}"' in made.html
    assert page in made.text


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        (alert_kinds.LIFE_MATURITY, {"value": None, "valued_on": None}, "is not known yet"),
        (alert_kinds.CLAIM_VISIT, {"assessor": "", "visit_place": ""}, "The place is not known yet"),
        (alert_kinds.CLAIM_VISIT, {"adjuster": ""}, "The adjuster is not named yet"),
        (alert_kinds.CLAIM_OFFERED, {"amount": None}, "The amount is in the letter"),
        (alert_kinds.CLAIM_REFUSED, {"reason": ""}, "The reasons are not known here"),
        (alert_kinds.CLAIM_OFFERED, {"accepted_on": "2026-06-05"}, "until 20 June 2026"),
        (alert_kinds.CLAIM_OFFERED, {"line": "8"}, "is in the letter that we send you"),
        (alert_kinds.PAYMENT_FAILED, {"reason": ""}, "no reason"),
        (alert_kinds.PAYMENT_FAILED, {"offer_id": 3, "instalment_id": None}, "Without a renewal"),
    ],
)
def test_what_is_not_known_is_said_to_be_unknown(kind, changes, words):
    given = dict(RULES_KINDS)[kind]
    assert words in wording_of(kind, given, **changes).text


def test_amounts_and_dates_are_italian_in_italian():
    assert "620,25" in render(INSTALMENT_DUE, INSTALMENT, language="it").subject
    assert "1.240,50" in render(POLICY_EXPIRING, EXPIRY, language="it").text
    assert "31 dicembre 2026" in render(POLICY_EXPIRING, EXPIRY, language="it").subject.lower()


def test_an_annual_motor_contract_has_fifteen_days_of_grace():
    text = wording_of(POLICY_EXPIRING, EXPIRY).text
    assert "15 January 2027" in text
    assert "no days of grace" not in text


def test_a_shorter_motor_contract_has_none():
    text = wording_of(POLICY_EXPIRING, EXPIRY, annual=False).text
    assert "no days of grace" in text
    assert "15 January" not in text


def test_the_certificate_of_past_claims_is_in_the_reserved_area_or_asked_of_people():
    text = wording_of(POLICY_EXPIRING, EXPIRY).text
    assert "(attestato di rischio) is placed in your reserved area, under Documents" in text
    assert "ask your agency or the customer service" in text


def test_another_line_has_none_and_no_certificate():
    text = wording_of(POLICY_EXPIRING, EXPIRY, line="8", plate="").text
    assert "the cover ends at midnight of 31 December 2026" in text
    assert "certificate" not in text


def test_a_policy_without_a_premium_names_none():
    assert "premium" not in wording_of(POLICY_EXPIRING, EXPIRY, premium=None).text


def test_an_unpaid_instalment_suspends_the_cover_after_fifteen_days():
    text = wording_of(INSTALMENT_DUE, INSTALMENT).text
    assert "suspended from midnight of 15 January 2027" in text
    assert "1901, second paragraph" in text


def test_a_first_premium_gives_no_cover_until_it_is_paid():
    assert "first paragraph" in wording_of(INSTALMENT_DUE, INSTALMENT, is_first=True).text


def test_a_life_contract_ends_by_law_after_twenty_days():
    for kind in (INSTALMENT_DUE, INSTALMENT_OVERDUE):
        text = wording_of(kind, INSTALMENT | LIFE).text
        assert "20 January 2027" in text
        assert "1924" in text


def test_an_overdue_instalment_names_the_last_day_of_cover_and_the_first_without():
    text = wording_of(INSTALMENT_OVERDUE, INSTALMENT).text
    assert "until midnight of 15 January 2027" in text
    assert "From 16 January 2027" in text


def test_a_claim_names_its_people_and_the_term_of_the_law():
    text = wording_of(CLAIM_TAKEN_IN_CHARGE, CLAIM).text
    for wanted in ("S-9", "dott.ssa Nora Pavan", "+390255501401", "Studio Actis", "Carrozzeria del Ponte"):
        assert wanted in text
    assert "9 July 2026" in text
    assert "60 days" in text


@pytest.mark.parametrize(("changes", "days"), [({"signed_by_both": True}, 30), ({"kind": "injury"}, 90)])
def test_the_term_follows_the_kind_of_claim(changes, days):
    assert f"{days} days" in wording_of(CLAIM_TAKEN_IN_CHARGE, CLAIM, **changes).text


def test_a_claim_without_a_complete_file_names_the_days_and_no_date():
    text = wording_of(CLAIM_TAKEN_IN_CHARGE, CLAIM, complete_on=None, assessor="", repairer="").text
    assert "Once the file is complete, the law gives us 60 days" in text
    assert "No assessor" in text
    assert "repairer" not in text


def test_a_claim_of_another_line_has_no_term_of_the_motor_law():
    assert "148" not in wording_of(CLAIM_TAKEN_IN_CHARGE, CLAIM, line="8").text


def test_every_process_knows_the_same_kinds_whatever_it_imports():
    code = "import django; django.setup(); from notifications.kinds import KINDS; print(*sorted(KINDS))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR
    )
    assert run.stdout.split() == sorted(KINDS_KNOWN)


def test_what_a_kind_is_asked_by_exists():
    questions = {kind.still_owed for kind in KINDS_KNOWN.values() if kind.still_owed}
    assert len(questions) == 11
    assert all(callable(import_string(question)) for question in questions)
