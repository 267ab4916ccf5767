"""Documents of a claim: asked for, sent by the customer or received by another way, reminded of once."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from contact_center.claims.conversation import conversation_of
from contact_center.claims.documents import (
    MOST_ASKED,
    ask_document,
    receive_document,
    record_received,
    withdraw_document,
)
from contact_center.models import Message
from customers import roles
from customers.models import AskedDocument, Claim, ClaimFile
from customers.tests.factories import AskedDocumentFactory, ClaimFactory, ReservedAreaAccountFactory, UserFactory
from foundation.refusals import Refused
from notifications.alerts import commands
from notifications.deadlines import plan_alerts
from notifications.models import AlertRule, Notice
from notifications.tests.factories import AlertRuleFactory, NoticeFactory

pytestmark = pytest.mark.django_db
SOON = date(2026, 5, 20)


@pytest.fixture(autouse=True)
def here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"), time_machine.travel("2026-05-04 08:00Z", tick=False):
        yield tmp_path


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def claim(account):
    return ClaimFactory(policy__holder=account.customer)


@pytest.fixture
def agent():
    return UserFactory(role=roles.AGENT)


def pdf(name="preventivo.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 " + name.encode())


def ask(claim, by, **given):
    return ask_document(claim, by=by, **{"name": "Preventivo", "due_on": SOON} | given)


# --- Asking
def test_the_customer_reads_what_is_needed_until_when_and_what_for(claim, agent):
    ask(claim, agent, why="Per stimare il danno.")
    text = Notice.objects.get(kind="claim-document-asked", channel="inbox").body_text
    for word in ("Preventivo", "Per stimare il danno.", "20 maggio 2026", claim.number):
        assert word in text


def test_the_same_document_asked_for_twice_is_one(claim, agent):
    assert ask(claim, agent) == ask(claim, agent)
    assert (AskedDocument.objects.count(), Notice.objects.count()) == (1, 1)


@pytest.mark.parametrize("state", ["paid", "refused", "closed"])
def test_nothing_is_asked_for_a_claim_that_is_over(account, agent, state):
    over = {"paid_on": SOON, "paid_amount": 1} if state == "paid" else {}
    claim = ClaimFactory(policy__holder=account.customer, state=state, **over)
    with pytest.raises(Refused) as refusal:
        ask(claim, agent)
    assert refusal.value.code == "claim_over"


def test_a_day_in_the_past_is_refused(claim, agent):
    with pytest.raises(Refused) as refusal:
        ask(claim, agent, due_on=date(2026, 5, 3))
    assert refusal.value.field == "due_on"


def test_documents_that_are_waited_for_are_limited(claim, agent):
    AskedDocumentFactory.create_batch(MOST_ASKED, claim=claim)
    with pytest.raises(Refused) as refusal:
        ask(claim, agent)
    assert refusal.value.code == "too_many_documents"


# --- Receiving
def test_what_the_customer_sends_is_kept_with_the_claim_and_reaches_the_queue(claim, account, agent):
    asked = ask(claim, agent)
    added = receive_document(asked, [pdf()], by=account.user)
    asked.refresh_from_db()
    assert ([each.name for each in added.kept], added.refused) == (["preventivo.pdf"], [])
    assert (asked.state, asked.ended_by, asked.files.get().claim) == ("received", account.user, claim)
    contact = conversation_of(claim)
    assert (contact.state, "preventivo.pdf" in contact.messages.get().text) == ("open", True)


def test_the_same_document_sent_twice_is_received_once(claim, account, agent):
    asked = ask(claim, agent)
    for _press in range(2):
        assert receive_document(asked, [pdf()], by=account.user).kept
    assert (ClaimFile.objects.count(), Message.objects.count()) == (1, 1)


def test_a_wrong_file_is_named_and_the_good_one_counts(claim, account, agent):
    asked = ask(claim, agent)
    script = SimpleUploadedFile("foto.jpg", b"#!/bin/sh")
    added = receive_document(asked, [script, pdf()], by=account.user)
    assert (len(added.kept), "foto.jpg" in added.refused[0]) == (1, True)
    asked.refresh_from_db()
    assert asked.state == "received"


def test_with_wrong_files_alone_it_is_still_waited_for(claim, account, agent):
    asked = ask(claim, agent)
    receive_document(asked, [SimpleUploadedFile("foto.jpg", b"#!/bin/sh")], by=account.user)
    asked.refresh_from_db()
    assert (asked.state, Message.objects.count()) == ("asked", 0)


@pytest.mark.parametrize("end", [record_received, withdraw_document])
def test_what_nobody_waits_for_any_more_is_refused(claim, account, agent, end):
    asked = ask(claim, agent)
    end(asked, by=agent)
    with pytest.raises(Refused):
        receive_document(asked, [pdf()], by=account.user)
    with pytest.raises(Refused):
        end(asked, by=agent)
    assert not ClaimFile.objects.exists()


# --- Reminding: by a rule of the alerts, and by nothing else
MISSING = "claim-document-missing"


def plan_on(day):
    with time_machine.travel(f"{day} 01:00Z", tick=False):
        return plan_alerts().get(MISSING, 0)


def switch_on(**fields):
    rule = AlertRuleFactory(event="claim_document", **fields)
    commands.simulate_rule(rule, first=SOON, last=SOON, by=UserFactory())
    return commands.switch_rule_on(commands.submit_rule(rule, by=UserFactory()), by=UserFactory())


def written(asked):
    """Each thing that was written about the document: the keys without their channel."""
    found = Notice.objects.filter(kind__startswith="claim-document", once__contains=f":{asked.pk}")
    return sorted({notice.matter for notice in found})


def test_a_document_is_reminded_of_once_after_its_day(claim, agent):
    ask(claim, agent)
    assert [plan_on(f"2026-05-{day}") for day in (19, 20, 21, 22, 31)] == [0, 0, 1, 0, 0]


def test_a_day_on_which_nothing_ran_is_caught_up(claim, agent):
    ask(claim, agent)
    assert plan_on("2026-06-10") == 1


@pytest.mark.parametrize("end", [record_received, withdraw_document])
def test_what_is_not_waited_for_is_not_reminded_of(claim, agent, end):
    end(ask(claim, agent), by=agent)
    assert plan_on("2026-05-21") == 0


def test_a_claim_that_is_over_is_not_reminded_of(claim, agent):
    ask(claim, agent)
    Claim.objects.filter(pk=claim.pk).update(state=Claim.State.CLOSED)
    assert plan_on("2026-05-21") == 0


def test_the_contact_centre_writes_when_it_asks_and_the_rule_once_more(claim, agent):
    asked = ask(claim, agent)
    for day in ("2026-05-20", "2026-05-21", "2026-06-01"):
        plan_on(day)
    assert written(asked) == [f"claim-document-asked:{asked.pk}", f"{MISSING}:{asked.pk}:2026-05-20~2"]


def test_two_rules_before_and_after_its_day_remind_of_it_once(claim, agent):
    switch_on(number=2, from_days=-3, until_days=0)
    ask(claim, agent)
    assert [plan_on(f"2026-05-{day}") for day in (16, 17, 20, 21, 25)] == [0, 1, 0, 0, 0]


def test_who_was_reminded_before_there_was_a_rule_is_not_reminded_again(claim, agent):
    asked = ask(claim, agent)
    once = f"claim-document-reminder:{asked.pk}:email"
    NoticeFactory(kind="claim-document-reminder", once=once, customer=claim.customer)
    assert plan_on("2026-05-21") == 0


def test_a_rule_of_reminders_that_is_off_writes_to_nobody(claim, agent):
    commands.switch_rule_off(AlertRule.objects.get(event="claim_document", state="on"), by=UserFactory())
    ask(claim, agent)
    assert plan_on("2026-05-21") == 0
