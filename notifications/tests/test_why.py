"""Why a notice came, and why one did not, in one sentence."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    InstalmentFactory,
    PolicyFactory,
    RenewalOfferFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from notifications import kinds
from notifications.alerts.commands import simulate_rule, submit_rule, switch_rule_on
from notifications.alerts.events import BY_KIND
from notifications.deadlines import plan_alerts
from notifications.kinds import KINDS
from notifications.models import AlertRule, Notice
from notifications.tests.factories import (
    NoticeFactory,
    NoticeHoldFactory,
    NoticePreferenceFactory,
    PreferenceChangeFactory,
    SuppressedAddressFactory,
)
from notifications.why.queries import why
from notifications.why.why_not import why_not

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
ON = date(2026, 6, 15)
LAW = "because the law asks us to warn you at least thirty days before a motor policy expires"


@pytest.fixture(autouse=True)
def english():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def customer():
    made = CustomerFactory(created_at=NOW - timedelta(days=9))
    ContactPointFactory(customer=made, kind="email", value="anna@example.it", created_at=NOW - timedelta(days=9))
    return made


def notice(customer, *, kind=kinds.POLICY_EXPIRING, channel="email", **fields):
    shared = {
        "kind": kind.code,
        "channel": channel,
        "once": f"{kind.code}:1:2026-07-05:{channel}",
        "address": {"email": "anna@example.it", "sms": "+393331234567"}.get(channel, ""),
        "subject": "Your policy 1 expires on 5 July 2026",
        "state": "sent",
        "sent_at": NOW,
    }
    return NoticeFactory(**shared | {"customer": customer} | fields)


SENT = "We wrote you “Your policy 1 expires on 5 July 2026” by e-mail to anna@example.it on 15 June 2026, 12:00"


def test_a_notice_that_the_law_asks_for_names_the_law_and_the_way(customer):
    assert why(notice(customer)) == (
        f"{SENT}, {LAW} (art. 170-bis of the insurance code); you have no reserved area in which to read it."
    )


def test_one_that_may_be_switched_off_says_so(customer):
    ReservedAreaAccountFactory(customer=customer, enrolled_at=NOW - timedelta(days=5))
    assert why(notice(customer, kind=kinds.INSTALMENT_DUE)) == (
        f"{SENT}, because you get what is about “Deadlines of your policies” as long as you do not switch it off."
    )


def test_in_the_reserved_area_beside_the_email(customer):
    notice(customer)
    inbox = notice(customer, channel="inbox")
    assert " in your reserved area on 15 June 2026, 12:00, " in why(inbox)
    assert why(inbox).endswith("; it went by e-mail too.")


def test_the_reason_why_not_by_email(customer):
    PreferenceChangeFactory(
        customer=customer, at=NOW - timedelta(days=3), after={"off": ["deadlines:email"], "language": "it"}
    )
    inbox = notice(customer, channel="inbox")
    assert why(inbox).endswith("; not by e-mail, which you switched off on 12 June 2026.")


def test_an_email_that_was_switched_off_and_had_to_go(customer):
    PreferenceChangeFactory(customer=customer, at=NOW - timedelta(days=3), after={"off": ["deadlines:email"]})
    assert why(notice(customer)).endswith("; you switched e-mails about it off, but nothing else reaches you.")


@pytest.mark.parametrize(
    ("world", "reason"),
    [
        ("came_back", "by e-mail it did not reach you and you have no reserved area in which to read it"),
        ("stopped", "not by e-mail, because nothing is sent to your address any more"),
        ("none", "not by e-mail, because we have no address of yours"),
        ("unopened", "in your reserved area it was not opened"),
    ],
)
def test_a_text_or_a_letter_says_why_it_came_to_that(customer, world, reason):
    if world == "came_back":
        notice(customer, arrival="failed", sent_at=NOW - timedelta(days=1))
    elif world == "stopped":
        SuppressedAddressFactory(address="anna@example.it")
    elif world == "none":
        customer.contact_points.all().delete()
    else:
        notice(customer, channel="inbox", sent_at=NOW - timedelta(days=4))
    assert reason in why(notice(customer, channel="sms"))


def test_what_came_back_says_so(customer):
    assert f"{SENT}, and it came back, " in why(notice(customer, arrival="failed"))


@pytest.mark.parametrize(
    ("fields", "begins"),
    [
        ({"state": "withheld", "problem": "Paid meanwhile."}, " was not sent by e-mail to anna@example.it (Paid meanwhile)."),
        ({"state": "refused", "problem": "550 no"}, " could not be delivered by e-mail to anna@example.it (550 no), because"),
        ({"state": "queued", "send_after": NOW + timedelta(hours=2)}, " leaves by e-mail to anna@example.it on 15 June 2026, 14:00, "),
        ({"state": "queued"}, " is about to leave by e-mail to anna@example.it, because"),
        ({"state": "sending", "claimed_at": NOW}, " is being sent by e-mail"),
        ({"state": "in_doubt", "claimed_at": NOW}, " may have gone by e-mail to anna@example.it, and one of us finds out"),
    ],
)  # fmt: skip
def test_every_state_has_its_words(customer, fields, begins):
    made = notice(customer, **{"sent_at": None} | fields)
    assert f"“Your policy 1 expires on 5 July 2026”{begins}" in why(made)


def test_what_quiet_hours_hold_and_held(customer, settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path
    waiting = notice(customer, channel="sms", state="queued", sent_at=None)
    NoticeHoldFactory(notice=waiting, at=NOW, until=NOW + timedelta(hours=9))
    assert " waits for the end of the quiet hours on 15 June 2026, 21:00, and then goes by text" in why(waiting)
    Notice.objects.filter(pk=waiting.pk).update(state="sent", sent_at=NOW)
    waiting.refresh_from_db()
    assert ", after the quiet hours that ended at 21:00, because" in why(waiting)


def test_a_channel_that_is_not_in_service_and_the_list_of_letters(customer, settings):
    settings.SMS_PROVIDER = ""
    sms = notice(customer, channel="sms", state="queued", sent_at=None)
    post = notice(customer, channel="post", state="queued", sent_at=None)
    assert " waits to be sent by text message to +393331234567, which is not in service, " in why(sms)
    assert " waits for one of us to send it by post or PEC, " in why(post)


def test_an_offer_names_what_allows_it(customer):
    words = {"basis": "consent", "allowed_on": "2026-05-01"}
    offer = notice(customer, kind=kinds.KINDS["promotion"], words=words, is_promotional=True)
    assert ", because you consented to such offers on 1 May 2026" in why(offer)
    offer.words = {"basis": "similar"}
    assert "you did not object (art. 130 of the privacy code)" in why(offer)


def test_what_went_together_says_with_how_many(customer):
    carrier = NoticeFactory(customer=customer, kind="deadlines-digest", state="sent", sent_at=NOW)
    both = [notice(customer, once=f"policy-expiring:{place}:2026-07-05:email", digest=carrier) for place in (1, 2)]
    assert ", in one message that lists 2 deadlines, because" in why(both[0])
    assert "because these deadlines of your policies are near or past" in why(carrier)


def test_to_nobodys_file_it_is_a_sentence_too():
    assert why(NoticeFactory(kind="enrolment-unknown", customer=None, address="x@example.it")).endswith(".")


def test_it_is_said_in_italian(customer):
    with translation.override("it"):
        assert why(notice(customer)).startswith(
            "Le abbiamo scritto “Your policy 1 expires on 5 July 2026” per e-mail a "
        )


def test_it_takes_a_handful_of_queries(customer, django_assert_max_num_queries):
    made = notice(customer, channel="inbox")
    with django_assert_max_num_queries(9):
        why(made)


# --- Why not
def policy(customer, ends_in=20, **fields):
    ends_on = ON + timedelta(days=ends_in)
    return PolicyFactory(
        **{
            "holder": customer,
            "starts_on": ends_on - timedelta(days=365),
            "ends_on": ends_on,
            "number": "P1",
            **fields,
        }
    )


def expiring(customer, **fields):
    return why_not(customer, kinds.POLICY_EXPIRING, policy(customer, **fields), ON)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "cancelled"}, "Not written, because policy P1 is not in force: cancelled."),
        (
            {"ends_in": 60},
            "Not written yet: policy P1 expires on 14 August 2026, which is announced from 5 July 2026.",
        ),
        ({"ends_in": -3}, "Not written, because policy P1 expired on 12 June 2026: nothing is announced afterwards."),
        ({"ramo": "13", "tacit_renewal": True}, "Not written, because policy P1 renews by itself."),
        ({}, "Not written yet: it is owed, and goes with the plan of the next night."),
    ],
)
def test_why_no_expiry_was_announced(customer, fields, sentence):
    assert expiring(customer, **fields) == sentence


def test_a_policy_that_is_renewed(customer):
    old = policy(customer, plate="AB123CD")
    assert why_not(customer, kinds.POLICY_EXPIRING, old, ON).startswith("Not written yet")
    policy(customer, 385, plate="AB123CD", number="P2", starts_on=old.ends_on)
    assert why_not(customer, kinds.POLICY_EXPIRING, old, ON) == "Not written, because policy P1 is renewed already."


def test_a_policy_whose_next_year_is_paid(customer):
    made = policy(customer)
    InstalmentFactory(policy=made, due_on=made.ends_on, paid_on=ON)
    sentence = "Not written, because the next year of policy P1 was paid on 15 June 2026."
    assert why_not(customer, kinds.POLICY_EXPIRING, made, ON) == sentence


@pytest.mark.parametrize(
    ("kind", "due_in", "paid", "sentence"),
    [
        (kinds.INSTALMENT_DUE, 5, 0, "Not written, because the premium due on 20 June 2026 was paid on 15 June 2026."),
        (kinds.INSTALMENT_DUE, 40, None, "Not written yet: the premium falls due on 25 July 2026, which is announced from 10 July 2026."),
        (kinds.INSTALMENT_DUE, -3, None, "Not written, because the premium fell due on 12 June 2026: the alert that it is not paid follows."),
        (kinds.INSTALMENT_DUE, 5, None, "Not written yet: it is owed, and goes with the plan of the next night."),
        (kinds.INSTALMENT_OVERDUE, 5, None, "Not written, because the premium falls due on 20 June 2026: until then nothing is late."),
        (kinds.INSTALMENT_OVERDUE, -3, None, "Not written yet: a payment takes days to reach us, so the alert goes from 17 June 2026."),
        (kinds.INSTALMENT_OVERDUE, -30, None, "Not written, because the cover for the premium due on 16 May 2026 has stopped already."),
        (kinds.INSTALMENT_OVERDUE, -7, None, "Not written yet: it is owed, and goes with the plan of the next night."),
    ],
)  # fmt: skip
def test_why_no_instalment_was_announced(customer, kind, due_in, paid, sentence):
    made = policy(customer, 100, ramo="13")
    paid_on = None if paid is None else ON
    InstalmentFactory(policy=made, due_on=ON + timedelta(days=due_in), paid_on=paid_on)
    assert why_not(customer, kind, made, ON) == sentence


def test_a_policy_without_instalments(customer):
    made = policy(customer)
    assert (
        why_not(customer, kinds.INSTALMENT_DUE, made, ON) == "Not written, because policy P1 has no instalment to pay."
    )


def test_what_the_person_switched_off_on_a_day(customer):
    made = policy(customer, 100, ramo="13")
    InstalmentFactory(policy=made, due_on=ON + timedelta(days=5))
    NoticePreferenceFactory(customer=customer, off=["deadlines:email"])
    PreferenceChangeFactory(
        customer=customer, at=NOW - timedelta(days=3), before={"off": []}, after={"off": ["deadlines:email"]}
    )
    sentence = "Not written, because the person switched it off on 12 June 2026, and has no reserved area."
    assert why_not(customer, kinds.INSTALMENT_DUE, made, ON) == sentence
    assert plan_alerts(ON)["instalment-due"] == 0


def test_nobody_can_be_reached():
    customer = CustomerFactory()
    assert expiring(customer).startswith("Not written yet: we have no address that reaches the person")


def test_the_contract_of_another(customer):
    made = policy(CustomerFactory())
    assert why_not(customer, kinds.POLICY_EXPIRING, made, ON).startswith(
        "Not written, because these alerts go to whoever"
    )


def test_what_was_written_is_said_to_be(customer):
    made = policy(customer)
    plan_alerts(ON)
    assert "by e-mail to anna@example.it" in why_not(customer, kinds.POLICY_EXPIRING, made, ON)


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("reported", kinds.CLAIM_TAKEN_IN_CHARGE, "Not written yet: claim S1 was not taken in charge."),
        ("closed", kinds.CLAIM_TAKEN_IN_CHARGE, "Not written, because claim S1 is over: closed without payment."),
        ("taken_in_charge", kinds.CLAIM_TAKEN_IN_CHARGE, "Not written yet: nobody was named to follow claim S1; it is written without a name from 21 June 2026."),
        ("taken_in_charge", kinds.CLAIM_PEOPLE_CHANGED, "Not written, because who follows claim S1 was not announced before: the first notice says it."),
    ],
)  # fmt: skip
def test_why_nothing_was_written_about_a_claim(customer, state, kind, words):
    claim = ClaimFactory(customer=customer, number="S1", occurred_on=ON, reported_on=ON, state=state, adjuster="")
    assert why_not(customer, kind, claim, ON) == words


def test_the_same_people_are_no_news(customer):
    claim = ClaimFactory(customer=customer, number="S1", occurred_on=ON, reported_on=ON, state="taken_in_charge")
    notice(customer, kind=kinds.CLAIM_TAKEN_IN_CHARGE, once=f"claim-taken-in-charge:{claim.pk}:email")
    sentence = "Not written, because the people who follow claim S1 are those that were announced."
    assert why_not(customer, kinds.CLAIM_PEOPLE_CHANGED, claim, ON) == sentence


def test_a_kind_about_something_else_is_a_mistake(customer):
    with pytest.raises(ValueError, match="is not about a Policy"):
        why_not(customer, kinds.CLAIM_TAKEN_IN_CHARGE, policy(customer), ON)


# --- Of every alert that a rule can announce
@pytest.mark.parametrize("kind", BY_KIND)
def test_of_every_alert_there_is_an_answer(customer, kind):
    about = ClaimFactory(customer=customer) if BY_KIND[kind].is_of_claims else policy(customer, 10)
    assert why_not(customer, KINDS[kind], about, ON).startswith("Not written")


@pytest.mark.parametrize(
    ("is_on", "paid_on", "sentence"),
    [
        (False, None, "Not written, because the rule “Renewal offered” is a draft, by which nobody is written to."),
        (True, None, "Not written yet: it is owed, and goes with the plan of the next night."),
        (True, ON, "Not written, because offer R1 was accepted and paid on 15 June 2026."),
    ],
)
def test_why_no_offered_renewal_was_announced(customer, is_on, paid_on, sentence):
    made = policy(customer, 10)
    RenewalOfferFactory(policy=made, number="R1", paid_on=paid_on)
    if is_on:
        rule, manager = AlertRule.objects.get(event="renewal_offered", number=1), UserFactory()
        simulate_rule(rule, first=ON, last=ON, by=manager)
        switch_rule_on(submit_rule(rule, by=manager), by=UserFactory())
    assert why_not(customer, KINDS["renewal-offered"], made, ON) == sentence
