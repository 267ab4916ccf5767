"""The nightly plan follows preferences as the rule does, and gathers several deadlines in one message."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
import time_machine
from django.utils import timezone, translation

from customers.models import Instalment, Policy
from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    InstalmentFactory,
    PolicyFactory,
    RenewalOfferFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from notifications import digest_kinds, kinds
from notifications.alerts import commands
from notifications.deadlines import plan_alerts
from notifications.delivery import deliver_notices, sweep
from notifications.digest_kinds import paragraph
from notifications.kinds import KINDS
from notifications.ladder import has_reached
from notifications.models import AlertRule, DeliveryReport, Notice, NoticeEvent
from notifications.preferences.digests import settle_carried
from notifications.preferences.groups import Group
from notifications.preferences.rules import channels_left, may_follow
from notifications.services import mark_read, report_delivery, try_again, withhold
from notifications.tests.factories import NoticePreferenceFactory, NoticeTextFactory
from notifications.tests.mail import mail_server
from notifications.texts.checking import problems_of
from notifications.texts.first_version import Source
from notifications.texts.mediums import Medium
from notifications.texts.page import source_of
from notifications.texts.words import facts_of
from testbed.smtp_sink import RCPT, Fault

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
ON = date(2026, 6, 15)


@pytest.fixture(autouse=True)
def served(settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH, settings.PEC_BACKEND = "file", tmp_path, ""
    with time_machine.travel(NOW, tick=False):
        yield


def person(*, email=True, mobile=False, enrolled=False, off=(), **preference):
    customer = CustomerFactory()
    if email:
        ContactPointFactory(customer=customer, kind="email", value=f"p{customer.pk}@example.it")
    if mobile:
        ContactPointFactory(customer=customer, kind="phone", value="+393331234567")
    if enrolled:
        ReservedAreaAccountFactory(customer=customer)
    if off or preference:
        NoticePreferenceFactory(customer=customer, off=list(off), **preference)
    return customer


def expiring(customer, days=20, **fields):
    ends_on = ON + timedelta(days=days)
    return PolicyFactory(holder=customer, starts_on=ends_on - timedelta(days=365), ends_on=ends_on, **fields)


def instalment(customer, days=5):
    made = expiring(customer, 200, ramo="13")
    return InstalmentFactory(policy=made, due_on=ON + timedelta(days=days))


def planned(kind=None):
    found = Notice.objects.exclude(kind="deadlines-digest").order_by("channel")
    return list((found.filter(kind=kind.code) if kind else found).values_list("channel", flat=True))


# --- The statement against the rule: every way of reaching somebody, with everything that they may switch off
WORLD = list(product([True, False], [True, False], [True, False], ["", "email", "sms", "email sms"], [True, False]))


@pytest.mark.parametrize(("email", "mobile", "enrolled", "off", "required"), WORLD)
def test_the_plan_takes_the_channels_that_the_rule_leaves(email, mobile, enrolled, off, required):
    keys = [f"deadlines:{each}" for each in off.split()]
    customer = person(email=email, mobile=mobile, enrolled=enrolled, off=keys)
    kind = kinds.POLICY_EXPIRING if required else kinds.INSTALMENT_DUE
    expiring(customer) if required else instalment(customer)
    plan_alerts(ON)
    first = [each for each, reaches in (("email", email), ("inbox", enrolled), ("sms", mobile)) if reaches]
    left = channels_left(kind, keys, first)
    expected = [each for each in left if each != "sms"] or [each for each in left if each == "sms"]
    if not expected and may_follow(kind, "post", keys):
        expected = ["post"]
    if "email" in expected and keys and "deadlines:email" in keys and enrolled is False:
        assert required, "only what is required goes by what was switched off"
    assert planned(kind) == sorted(expected)


def test_an_unopened_reserved_area_is_followed_by_the_email_that_was_switched_off_when_nothing_else_is_left():
    customer = person(enrolled=True, off=["deadlines:email"])
    expiring(customer)
    plan_alerts(ON)
    assert planned() == ["inbox"]
    deliver_notices(list(Notice.objects.values_list("pk", flat=True)))
    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        plan_alerts(ON + timedelta(days=4))
    assert planned() == ["email", "inbox"]


# --- Several deadlines in one message
def two_deadlines(**fields):
    customer = person(**fields)
    return customer, expiring(customer), instalment(customer)


def digest():
    return Notice.objects.get(kind="deadlines-digest")


def deliver(*faults):
    with mail_server(*faults) as sink:
        deliver_notices(list(Notice.objects.owed(timezone.now()).values_list("pk", flat=True)))
    return sink.messages


def carried():
    return Notice.objects.exclude(kind="deadlines-digest").order_by("pk")


def test_two_deadlines_go_as_one_message_that_lists_both():
    _customer, policy, due = two_deadlines()
    plan_alerts(ON)
    assert {each.digest_id for each in carried()} == {digest().pk}
    assert len(deliver()) == 1
    text = digest().body_text
    for words in (policy.number, due.policy.number, "170-bis", "1901", "/area-riservata/pagamenti/", "5 luglio 2026"):
        assert words in text
    assert f"{due.amount:.2f}".replace(".", ",") in text
    assert digest().subject.startswith("2 scadenze delle Sue polizze, la prima il 20 giugno 2026")


def test_until_it_goes_it_shows_what_it_would_say():
    _customer, policy, due = two_deadlines()
    plan_alerts(ON)
    assert digest().subject == ""
    assert policy.number in digest().wording.text
    assert due.policy.number in digest().wording.text


def test_each_keeps_its_row_its_text_and_its_evidence():
    two_deadlines()
    plan_alerts(ON)
    deliver()
    for each in carried():
        assert (each.state, each.sent_at, each.attempts) == ("sent", digest().sent_at, 1)
        assert each.subject != digest().subject
        assert has_reached(each, kinds.KINDS[each.kind], timezone.now())
    assert not NoticeEvent.objects.exists(), "the ordinary way is recorded by the notices themselves"
    assert plan_alerts(ON) == dict.fromkeys(plan_alerts(ON), 0)


def test_one_deadline_goes_by_itself():
    expiring(person())
    plan_alerts(ON)
    assert [each.kind for each in Notice.objects.all()] == ["policy-expiring"]


def test_two_people_get_a_message_each():
    for _two in range(2):
        two_deadlines()
    plan_alerts(ON)
    assert Notice.objects.filter(kind="deadlines-digest").count() == 2
    assert len(deliver()) == 2


def test_who_wants_one_message_for_each_gets_that():
    two_deadlines(digest=False)
    plan_alerts(ON)
    assert not Notice.objects.filter(kind="deadlines-digest").exists()
    assert len(deliver()) == 2


def test_who_says_so_between_plan_and_sending_gets_that_too():
    customer, *_rest = two_deadlines()
    plan_alerts(ON)
    NoticePreferenceFactory(customer=customer, off=[], digest=False)
    assert deliver() == []
    assert digest().state == "withheld"
    assert len(deliver()) == 2


def test_what_was_paid_meanwhile_is_left_out_and_one_alone_goes_by_itself():
    _customer, _policy, due = two_deadlines()
    plan_alerts(ON)
    Instalment.objects.filter(pk=due.pk).update(paid_on=ON)
    deliver()
    assert len(deliver()) == 1
    assert {each.kind: each.state for each in Notice.objects.all()} == {
        "policy-expiring": "sent",
        "instalment-due": "withheld",
        "deadlines-digest": "withheld",
    }


def test_of_three_the_other_two_still_go_together():
    customer, _policy, due = two_deadlines()
    other = expiring(customer, 30)
    plan_alerts(ON)
    Instalment.objects.filter(pk=due.pk).update(paid_on=ON)
    assert len(deliver()) == 1
    assert other.number in digest().body_text
    assert due.policy.number not in digest().body_text


def test_when_nothing_is_owed_any_more_nothing_goes():
    _customer, _policy, due = two_deadlines()
    plan_alerts(ON)
    Instalment.objects.update(paid_on=ON)
    Policy.objects.update(state="cancelled")
    assert deliver() == []
    assert {each.state for each in Notice.objects.all()} == {"withheld"}
    assert due.pk


def test_what_comes_back_counts_for_each_and_the_next_night_goes_another_way():
    customer, *_rest = two_deadlines(mobile=True)
    plan_alerts(ON)
    deliver()
    report_delivery(digest(), outcome=DeliveryReport.Outcome.FAILED, detail="550")
    assert {each.arrival for each in carried()} == {"failed"}
    plan_alerts(ON + timedelta(days=1))
    assert planned() == ["email", "email", "sms", "sms"]
    assert customer.pk


def test_what_is_read_in_the_reserved_area_is_read_for_each():
    customer, *_rest = two_deadlines(email=False, enrolled=True)
    plan_alerts(ON)
    deliver()
    assert list(Notice.objects.inbox_of(customer)) == [digest()]
    mark_read(digest(), by=customer.reserved_area_accounts.get().user)
    assert {each.read_at for each in carried()} == {NOW}


def test_what_is_refused_is_refused_for_each_and_its_address_is_not_asked_again():
    two_deadlines(mobile=True)
    plan_alerts(ON)
    deliver(Fault(RCPT, "550 5.1.1 User unknown"))
    assert {(each.state, each.attempts) for each in carried()} == {("refused", 1)}
    plan_alerts(ON + timedelta(days=1))
    assert planned().count("sms") == 2


def test_a_person_who_withholds_the_message_withholds_each():
    two_deadlines()
    plan_alerts(ON)
    withhold(digest(), reason="Parlato al telefono", by=UserFactory())
    assert {each.state for each in carried()} == {"withheld"}
    assert plan_alerts(ON + timedelta(days=1)) == dict.fromkeys(plan_alerts(ON), 0)


def test_one_that_a_person_tries_again_goes_by_itself():
    two_deadlines()
    plan_alerts(ON)
    Notice.objects.filter(kind="deadlines-digest").update(state="refused", attempts=1)
    carried().update(state="refused", attempts=1)
    one = carried()[0]
    try_again(one, by=UserFactory())
    one.refresh_from_db()
    assert (one.state, one.digest_id) == ("queued", None)
    assert len(deliver()) == 1


def test_the_whole_message_tried_again_takes_each_with_it():
    two_deadlines()
    plan_alerts(ON)
    Notice.objects.filter(kind="deadlines-digest").update(state="refused", attempts=1)
    carried().update(state="refused", attempts=1)
    try_again(digest(), by=UserFactory())
    assert {each.state for each in carried()} == {"queued"}
    assert len(deliver()) == 1
    assert {each.state for each in carried()} == {"sent"}


def test_a_worker_that_ended_too_early_is_made_up_for_by_the_sweep(monkeypatch):
    two_deadlines()
    plan_alerts(ON)
    monkeypatch.setattr("notifications.delivery.settle_carried", lambda _ids=None: 0)
    deliver()
    assert {each.state for each in carried()} == {"queued"}
    monkeypatch.setattr("notifications.delivery.settle_carried", settle_carried)
    sweep()
    assert {each.state for each in carried()} == {"sent"}


def test_a_carried_notice_is_never_sent_beside_its_message():
    two_deadlines()
    plan_alerts(ON)
    with mail_server() as sink:
        deliver_notices(list(carried().values_list("pk", flat=True)))
    assert sink.messages == []


def test_the_message_asks_with_the_same_number_of_queries_however_many_there_are(django_assert_max_num_queries):
    customer = person()
    for days in (10, 12, 14, 16, 18, 20):
        expiring(customer, days)
    plan_alerts(ON)
    with mail_server(), django_assert_max_num_queries(24):
        deliver_notices([digest().pk])
    assert carried().filter(state="sent").count() == 6


# --- Every kind of deadline has its place in the message
GATHERED = [kind for kind in KINDS.values() if kind.nearest]


def test_every_kind_about_deadlines_is_gathered():
    about = {kind.code for kind in KINDS.values() if kind.group == Group.DEADLINES and not kind.gathers}
    assert {kind.code for kind in GATHERED} == about


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("kind", GATHERED, ids=lambda kind: kind.code)
def test_a_paragraph_has_all_that_the_law_asks_for_in_a_notice_of_its_kind(kind, language):
    with translation.override(language):
        for facts in facts_of(kind):
            text = paragraph(facts | {"kind": kind.code})
            for part in kind.parts:
                if part.only in ("", Medium.MESSAGE) and part.is_owed(facts, on=ON):
                    assert part.is_in(text, facts, language=language), (part.name, text)


def test_a_reminder_and_an_offer_go_in_one_message_and_each_keeps_its_proof():
    customer = person()
    ending = expiring(customer)
    RenewalOfferFactory(policy=ending, number="R1", premium="512.30", valid_until=ON + timedelta(days=6))
    for event in ("policy_expiring", "renewal_offered"):
        rule = AlertRule.objects.filter(event=event, state="draft").exclude(number=2, event="renewal_offered").get()
        AlertRule.objects.filter(pk=rule.pk).update(from_days=-30, until_days=0)
        commands.simulate_rule(rule, first=ON, last=ON, by=UserFactory())
        commands.switch_rule_on(commands.submit_rule(rule, by=UserFactory()), by=UserFactory())
    plan_alerts(ON)
    assert sorted(each.kind for each in carried()) == ["policy-expiring", "policy-expiry-reminder", "renewal-offered"]
    assert len(deliver()) == 1
    assert digest().subject.startswith("3 scadenze delle Sue polizze, la prima il 21 giugno 2026")
    for words in ("512,30", "R1", "170-bis", ending.number):
        assert words in digest().body_text
    for each in carried():
        assert (each.state, each.sent_at, bool(each.body_text)) == ("sent", digest().sent_at, True)


def test_the_frame_is_a_text_that_is_written_and_the_deadlines_remain_in_it():
    two_deadlines()
    plan_alerts(ON)
    body = "Gentile Cliente,\n\nabbiamo {{ how_many }} scadenze per Lei.\n\n{{ deadlines }}\n\nSi pagano qui: {{ pay_url }}\n"
    text = NoticeTextFactory(kind="deadlines-digest", medium="message", language="it", subject="Scadenze", body=body)
    assert problems_of(digest_kinds.DEADLINES_DIGEST, source_of(text), medium="message", language="it", on=ON) == {}
    lacking = Source("Scadenze", body.replace("{{ deadlines }}", ""))
    assert "body" in problems_of(digest_kinds.DEADLINES_DIGEST, lacking, medium="message", language="it", on=ON)


def test_no_text_names_what_the_message_is_put_together_of():
    source = Source("Scadenze", "{{ deadlines }} {{ pay_url }} {{ items }}")
    problems = problems_of(digest_kinds.DEADLINES_DIGEST, source, medium="message", language="it", on=ON)
    assert "items" in str(problems["body"][0])
