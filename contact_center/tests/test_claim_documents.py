"""Documents of a claim: asked for, sent by the customer or received by another way, reminded of once."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from contact_center.claims.conversation import conversation_of
from contact_center.claims.documents import (
    MOST_ASKED,
    ask_document,
    receive_document,
    record_received,
    remind_of_documents,
    withdraw_document,
)
from contact_center.models import Message
from customers import roles
from customers.models import AskedDocument, ClaimFile
from customers.tests.factories import AskedDocumentFactory, ClaimFactory, ReservedAreaAccountFactory, UserFactory
from foundation.refusals import Refused
from notifications.models import Notice

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


# --- Reminding
def remind_on(day):
    with time_machine.travel(f"{day} 08:00Z", tick=False):
        return remind_of_documents(timezone.now())


def reminders():
    return Notice.objects.filter(kind="claim-document-reminder").count()


def test_a_document_is_reminded_of_once_after_its_day(claim, agent):
    ask(claim, agent)
    assert (remind_on("2026-05-20"), reminders()) == (0, 0)
    assert (remind_on("2026-05-21"), reminders()) == (1, 1)
    assert (remind_on("2026-05-22"), reminders()) == (0, 1)


def test_a_day_on_which_nothing_ran_is_caught_up(claim, agent):
    ask(claim, agent)
    assert remind_on("2026-06-10") == 1


@pytest.mark.parametrize("end", [record_received, withdraw_document])
def test_what_is_not_waited_for_is_not_reminded_of(claim, agent, end):
    end(ask(claim, agent), by=agent)
    assert remind_on("2026-05-21") == 0


def test_a_claim_that_is_over_is_not_reminded_of(claim, agent):
    ask(claim, agent)
    claim.state = "closed"
    claim.save()
    assert remind_on("2026-05-21") == 0
