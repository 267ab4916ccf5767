"""Why nothing was written of each event of a rule: one sentence for each thing that may speak against it, and the plan agrees."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from customers.models import Claim, Policy
from customers.tests.factories import (
    AskedDocumentFactory,
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    DocumentFactory,
    InstalmentFactory,
    PaymentFactory,
    PolicyFactory,
    RenewalOfferFactory,
    UserFactory,
)
from notifications import channels, kinds
from notifications.alerts.commands import simulate_rule, submit_rule, switch_rule_off, switch_rule_on
from notifications.alerts.events import BY_CODE, EVENTS
from notifications.deadlines import plan_alerts
from notifications.models import AlertRule
from notifications.tests.factories import AlertRuleFactory, NoticeFactory, SuppressedAddressFactory
from notifications.why.matters import MATTERS
from notifications.why.why_not import alerts_asked, why_not

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 15, 7, tzinfo=UTC)
ON = date(2026, 6, 15)
OWED = "Not written yet: it is owed, and goes with the plan of the next night."


@pytest.fixture(autouse=True)
def english():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def customer():
    made = CustomerFactory(created_at=NOW - timedelta(days=9))
    ContactPointFactory(customer=made, kind="email", value="anna@example.it", created_at=NOW - timedelta(days=9))
    return made


def ahead(days):
    return ON + timedelta(days=days)


def policy(customer, ends_in=20, **fields):
    days = {"starts_on": ahead(ends_in - 365), "ends_on": ahead(ends_in)}
    return PolicyFactory(**{"holder": customer, "number": "P1", "ramo": "10", **days, **fields})


def offer(customer, *, policy_state="active", valid_in=6, **fields):
    made = policy(customer, 20, state=policy_state)
    RenewalOfferFactory(policy=made, number="R1", valid_until=ahead(valid_in), **fields)
    return made


def no_offer(customer):
    return policy(customer)


def payment(customer, *, ended=-1, state="refused", paid_on=None, policy_state="active"):
    made = policy(customer, 200, state=policy_state)
    due = InstalmentFactory(policy=made, due_on=ahead(-2), paid_on=paid_on)
    ended_at = NOW + timedelta(days=ended) if state != "open" else None
    PaymentFactory(instalment=due, state=state, ended_at=ended_at, pk=17)
    return made


def certificate(customer, *, dated=-2, came=0, ends_in=60, **fields):
    made = policy(customer, ends_in, **fields)
    DocumentFactory(
        kind="certificate", policy=made, dated_on=ahead(dated), received_at=NOW + timedelta(days=came, minutes=-5)
    )
    return made


def life(customer, ends_in=40, **fields):
    return policy(customer, ends_in, **{"ramo": "I", "plate": "", "tacit_renewal": False} | fields)


def claim(customer, *, since=-9, **fields):
    """A claim, and an older one with which the keeping of claims began."""
    first = ClaimFactory(created_at=NOW + timedelta(days=-60))
    days = {"occurred_on": ahead(since), "reported_on": ahead(since)}
    made = ClaimFactory(**{"customer": customer, "number": "S1", "adjuster": "Nora Pavan", **days, **fields})
    assert first.pk < made.pk
    return made


def document(customer, *, due=-2, ended=None, reminded=False, claim_state="taken_in_charge", **fields):
    made = claim(customer, state=claim_state)
    ended_at = NOW + timedelta(days=ended) if ended is not None else None
    asked = AskedDocumentFactory(claim=made, name="Preventivo", due_on=ahead(due), ended_at=ended_at, **fields)
    if reminded:
        once = f"claim-document-reminder:{asked.pk}:email"
        NoticeFactory(kind="claim-document-reminder", once=once, customer=customer)
    return made


def paid(customer, day=-3, **fields):
    return claim(customer, state="paid", paid_on=ahead(day), paid_amount="900.00", **fields)


CASES = [
    # event, what there is, the sentence
    ("policy_expiring", lambda c: policy(c), OWED),
    ("policy_expiring", lambda c: policy(c, 50), "Not written yet: policy P1 expires on 4 August 2026, which is announced from 25 June 2026."),
    ("policy_expiring", lambda c: policy(c, state="cancelled"), "Not written, because policy P1 is not in force: cancelled."),
    ("policy_expiring", lambda c: life(c), "Not written, because policy P1 is a life policy, which does not expire in this way."),
    ("grace_ending", lambda c: policy(c, -10), OWED),
    ("grace_ending", lambda c: policy(c, 5), "Not written yet: policy P1 expires on 20 June 2026; that its days of grace end is announced from 28 June 2026."),
    ("grace_ending", lambda c: policy(c, -2), "Not written yet: the days of grace of policy P1 end on 28 June 2026, which is announced from 21 June 2026."),
    ("grace_ending", lambda c: policy(c, -20), "Not written, because the days of grace of policy P1 end on 10 June 2026, and that is announced until 10 June 2026 at the latest."),
    ("grace_ending", lambda c: policy(c, -10, ramo="8"), "Not written, because policy P1 has no days of grace after its expiry."),
    ("grace_ending", lambda c: policy(c, -10, annual=False), "Not written, because policy P1 has no days of grace after its expiry."),
    ("grace_ending", lambda c: policy(c, -70), "Not written, because policy P1 expired on 6 April 2026, and its cover is over."),
    ("renewal_offered", offer, OWED),
    ("renewal_offered", no_offer, "Not written, because no renewal of policy P1 was offered yet."),
    ("renewal_offered", lambda c: offer(c, paid_on=ON), "Not written, because offer R1 was accepted and paid on 15 June 2026."),
    ("renewal_offered", lambda c: offer(c, withdrawn_on=ON), "Not written, because offer R1 was withdrawn on 15 June 2026."),
    ("renewal_offered", lambda c: offer(c, valid_in=-1), "Not written, because offer R1 could be accepted until 14 June 2026."),
    ("renewal_offered", lambda c: offer(c, valid_in=100), "Not written yet: offer R1 may be accepted until 23 September 2026, which is announced from 25 June 2026."),
    ("renewal_offered", lambda c: offer(c, policy_state="cancelled"), "Not written, because policy P1 is not in force: cancelled."),
    ("payment_failed", payment, OWED),
    ("payment_failed", policy, "Not written, because nobody has tried to pay for policy P1 here."),
    ("payment_failed", lambda c: payment(c, state="open"), "Not written, because the last payment, PG-00000017, did not fail: not confirmed yet."),
    ("payment_failed", lambda c: payment(c, paid_on=ON), "Not written, because the premium due on 13 June 2026 was paid on 15 June 2026."),
    ("payment_failed", lambda c: payment(c, ended=0), "Not written yet: payment PG-00000017 failed on 15 June 2026, which is announced from 16 June 2026."),
    ("payment_failed", lambda c: payment(c, ended=-9), "Not written, because payment PG-00000017 failed on 6 June 2026, and that is announced until 11 June 2026 at the latest."),
    ("payment_failed", lambda c: payment(c, policy_state="cancelled"), "Not written, because policy P1 is not in force: cancelled."),
    ("certificate_available", certificate, OWED),
    ("certificate_available", policy, "Not written, because no risk certificate of policy P1 has come yet."),
    ("certificate_available", lambda c: certificate(c, dated=-320), "Not written, because the risk certificate of 30 July 2025 does not serve the expiry of 14 August 2026."),
    ("certificate_available", lambda c: certificate(c, came=-40), "Not written, because the risk certificate came on 6 May 2026, and that is announced until 5 June 2026 at the latest."),
    ("certificate_available", lambda c: certificate(c, ends_in=-1), "Not written, because policy P1 expired on 14 June 2026: nothing is announced afterwards."),
    ("certificate_available", lambda c: certificate(c, state="cancelled"), "Not written, because policy P1 is not in force: cancelled."),
    ("life_maturity", life, OWED),
    ("life_maturity", policy, "Not written, because policy P1 is no life policy, and does not mature."),
    ("life_maturity", lambda c: life(c, 90), "Not written yet: life policy P1 matures on 13 September 2026, which is announced from 15 July 2026."),
    ("life_maturity", lambda c: life(c, -1), "Not written, because life policy P1 matures on 14 June 2026, and that is announced until 14 June 2026 at the latest."),
    ("life_maturity", lambda c: life(c, state="cancelled"), "Not written, because policy P1 is not in force: cancelled."),
    ("life_maturity", lambda c: life(c, tacit_renewal=True), "Not written, because policy P1 renews by itself."),
    ("claim_taken", lambda c: claim(c, state="taken_in_charge"), OWED),
    ("claim_taken", lambda c: claim(c, since=-70, state="taken_in_charge"), "Not written, because claim S1 came with the history of an earlier system, in charge already."),
    ("claim_visit", lambda c: claim(c, state="taken_in_charge", visit_on=ahead(4)), OWED),
    ("claim_visit", lambda c: claim(c, state="taken_in_charge"), "Not written, because no day is set on which an assessor visits for claim S1."),
    ("claim_visit", lambda c: claim(c, state="taken_in_charge", visit_on=ahead(40)), "Not written yet: the assessor's visit for claim S1 is on 25 July 2026, which is announced from 25 June 2026."),
    ("claim_visit", lambda c: claim(c, state="taken_in_charge", visit_on=ahead(-1)), "Not written, because the assessor's visit for claim S1 is on 14 June 2026, and that is announced until 14 June 2026 at the latest."),
    ("claim_visit", lambda c: claim(c, state="closed", visit_on=ahead(4)), "Not written, because claim S1 is over: closed without payment."),
    ("claim_document", document, OWED),
    ("claim_document", lambda c: claim(c), "Not written, because no document was asked for in claim S1."),
    ("claim_document", lambda c: document(c, due=0), "Not written yet: the document “Preventivo” was asked for by 15 June 2026, which is announced from 16 June 2026."),
    ("claim_document", lambda c: document(c, due=-40), "Not written, because the document “Preventivo” was asked for by 6 May 2026, and that is announced until 5 June 2026 at the latest."),
    ("claim_document", lambda c: document(c, state="received", ended=-1), "Not written, because the document “Preventivo” came on 14 June 2026."),
    ("claim_document", lambda c: document(c, state="withdrawn", ended=-1), "Not written, because since 14 June 2026 the document “Preventivo” is not needed any more."),
    ("claim_document", lambda c: document(c, claim_state="closed"), "Not written, because claim S1 is over: closed without payment."),
    ("claim_document", lambda c: document(c, reminded=True), "Not written, because of the document “Preventivo” the person was reminded on 15 June 2026."),
    ("claim_offered", lambda c: claim(c, state="offered", offered_on=ahead(-3), offered_amount="900.00"), OWED),
    ("claim_offered", lambda c: claim(c, state="taken_in_charge"), "Not written yet: no offer was made for claim S1."),
    ("claim_offered", lambda c: claim(c, state="closed"), "Not written, because claim S1 is over: closed without payment."),
    ("claim_offered", lambda c: claim(c, since=-90, state="offered", offered_on=ahead(-80)), "Not written, because this step of claim S1 came with the history of an earlier system: it is no news."),
    ("claim_offered", lambda c: claim(c, since=-50, state="offered", offered_on=ahead(-40)), "Not written, because the offer for claim S1 was made on 6 May 2026, and that is announced until 5 June 2026 at the latest."),
    ("claim_paid", paid, OWED),
    ("claim_paid", lambda c: claim(c, state="taken_in_charge"), "Not written, because claim S1 was not paid: taken in charge."),
    ("claim_paid", lambda c: paid(c, -40, since=-50), "Not written, because claim S1 was paid on 6 May 2026, and that is announced until 5 June 2026 at the latest."),
    ("claim_paid", lambda c: paid(c, -80, since=-90), "Not written, because this step of claim S1 came with the history of an earlier system: it is no news."),
    ("claim_refused", lambda c: claim(c, state="refused", offered_on=ahead(-3)), OWED),
    ("claim_refused", lambda c: claim(c, state="taken_in_charge"), "Not written, because claim S1 was not refused: taken in charge."),
    ("claim_refused", lambda c: claim(c, since=-50, state="refused", offered_on=ahead(-40)), "Not written, because claim S1 was refused on 6 May 2026, and that is announced until 5 June 2026 at the latest."),
]  # fmt: skip


def rule_of(event):
    """A rule of the event that is on: the one that is from the start, or else the first draft."""
    rules = AlertRule.objects.filter(event=event)
    if (on := rules.filter(state="on").first()) is not None:
        return on
    rule, manager = rules.earliest("pk"), UserFactory()
    simulate_rule(rule, first=ON, last=ON, by=manager)
    return switch_rule_on(submit_rule(rule, by=manager), by=UserFactory())


@pytest.mark.parametrize(("event", "make", "sentence"), CASES, ids=[f"{each[0]}-{n}" for n, each in enumerate(CASES)])
def test_each_reason_has_its_sentence_and_the_plan_agrees(customer, event, make, sentence):
    about, rule = make(customer), rule_of(event)
    kind = kinds.KINDS[rule.kind]
    assert why_not(customer, kind, about, ON) == sentence
    assert bool(plan_alerts(ON).get(kind.code)) is (sentence == OWED)


def test_every_event_has_its_words_and_every_text_can_be_asked_about():
    assert set(MATTERS) == {event.code for event in EVENTS}
    assert {kind.code for kind in alerts_asked()} == {kind.code for event in EVENTS for kind in event.kinds}
    claimed = {event for event, _make, sentence in CASES if sentence == OWED}
    # What names who follows a claim has tests of its own (test_why.py, test_claims.py), and so have instalments.
    assert set(BY_CODE) - claimed == {"instalment_due", "instalment_overdue", "claim_people"}


def test_what_the_notice_of_the_offer_says_is_not_said_by_itself(customer):
    rule_of("claim_offered")
    made = claim(customer, state="offered", offered_on=ahead(-3), offered_amount="900.00")
    sentence = "Not written, because an offer was made for claim S1 already: its notice says it as well."
    assert why_not(customer, kinds.CLAIM_TAKEN_IN_CHARGE, made, ON) == sentence
    plan_alerts(ON)
    assert why_not(customer, kinds.CLAIM_TAKEN_IN_CHARGE, made, ON) == (
        "Not written, because the notice of the offer for claim S1, of 15 June 2026, says it as well."
    )


# --- What the rules say
def answer(customer, **fields):
    """A draft of the only rule that announces the end of the days of grace, and what is answered about a policy in them."""
    AlertRule.objects.filter(kind="grace-ending", written_by=None).update(kind="life-maturity")
    about = Policy.objects.filter(number="P1").first() or policy(customer, -10)
    rule = AlertRuleFactory(
        **{"name": "Regola", "event": "grace_ending", "kind": "grace-ending", "from_days": -7, "until_days": 0}
        | fields
    )
    return rule, lambda: why_not(customer, kinds.KINDS["grace-ending"], about, ON)


def on(rule):
    manager = UserFactory()
    simulate_rule(rule, first=ON, last=ON, by=manager)
    return switch_rule_on(submit_rule(rule, by=manager), by=UserFactory())


def test_no_rule_announces_it(customer):
    AlertRule.objects.filter(kind="grace-ending").update(kind="life-maturity")
    sentence = "Not written, because no rule of the alerts announces it today."
    assert why_not(customer, kinds.KINDS["grace-ending"], policy(customer, -10), ON) == sentence


def test_the_rule_is_a_draft_then_waits_then_is_on_then_off(customer):
    rule, asked = answer(customer)
    assert asked() == "Not written, because the rule “Regola” is a draft, by which nobody is written to."
    manager = UserFactory()
    simulate_rule(rule, first=ON, last=ON, by=manager)
    rule = submit_rule(rule, by=manager)
    assert asked() == "Not written, because the rule “Regola” waits for a second person to switch it on."
    rule = switch_rule_on(rule, by=UserFactory())
    assert asked() == OWED
    switch_rule_off(rule, by=UserFactory())
    assert asked().startswith("Not written, because the rule “Regola” was switched off on ")  # the database's own day


def test_the_rule_begins_later_or_is_over(customer):
    rule, asked = answer(customer, valid_from=ahead(3))
    on(rule)
    assert asked() == "Not written yet: the rule “Regola” that announces it is in force from 18 June 2026."


def test_the_rule_is_over(customer):
    rule, asked = answer(customer, valid_until=ahead(-1))
    on(rule)
    assert asked() == "Not written, because the rule “Regola” was in force until 14 June 2026."


def test_the_rule_is_about_other_lines(customer):
    rule, asked = answer(customer, lines=["8"])
    on(rule)
    assert asked() == "Not written, because the rule “Regola” is not about these."


def test_of_two_rules_the_one_that_is_about_it_answers(customer):
    for lines in (["8"], []):
        rule, asked = answer(customer, lines=lines)
        on(rule)
    assert asked() == OWED


# --- What the person's own things say
def test_an_address_to_which_nothing_goes_any_more(customer):
    SuppressedAddressFactory(address="anna@example.it")
    assert why_not(customer, kinds.POLICY_EXPIRING, policy(customer), ON).startswith(
        "Not written yet: nothing is sent to the person's address any more, so the plan"
    )


@pytest.mark.parametrize(
    ("is_stopped", "words"),
    [
        (
            True,
            "Not written, because nothing is sent to the person's address any more, and this notice is not posted.",
        ),
        (False, "Not written, because we have no address that reaches the person, and this notice is not posted."),
    ],
)
def test_what_is_not_posted_reaches_nobody_without_an_address(customer, is_stopped, words):
    rule = rule_of("certificate_available")  # by e-mail and in the reserved area alone
    if is_stopped:
        SuppressedAddressFactory(address="anna@example.it")
    else:
        customer.contact_points.all().delete()
    assert why_not(customer, kinds.KINDS[rule.kind], certificate(customer), ON) == words
    assert plan_alerts(ON)[rule.kind] == 0


def test_a_telephone_reaches_the_person_where_texts_are_served(customer, settings, tmp_path):
    customer.contact_points.all().delete()
    ContactPointFactory(customer=customer, kind="phone", value="+393331234567")
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path
    assert channels.Channel.SMS in channels.served()
    made = policy(customer)
    assert why_not(customer, kinds.POLICY_EXPIRING, made, ON) == OWED
    settings.SMS_PROVIDER = ""
    assert "the list of what is sent by post" in why_not(customer, kinds.POLICY_EXPIRING, made, ON)


def test_it_is_answered_in_italian(customer):
    made = claim(customer, state=Claim.State.ACCEPTED)
    rule_of("claim_paid")
    with translation.override("it"):
        sentence = why_not(customer, kinds.KINDS["claim-paid"], made, ON)
    assert sentence == "Non è stato scritto perché il sinistro S1 non è stato liquidato: offerta accettata."
