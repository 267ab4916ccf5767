"""What follows from a message that came back: to the notice, the address, the customer; and what nothing follows from."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Consent
from customers.tests.factories import ContactPointFactory, CustomerFactory, UserFactory
from foundation.refusals import Refused
from notifications.climbing import climb
from notifications.delivery import deliver_notices
from notifications.message_ids import message_id_of
from notifications.models import DeliveryReport, Notice, ReturnedMessage, SuppressedAddress
from notifications.returns import commands
from notifications.returns.commands import (
    Place,
    close_return,
    close_returns,
    keep_return,
    match_return,
    moment_of,
    notice_named,
    reopen_return,
    suppress_from_return,
)
from notifications.returns.tokens import HEADER, notice_id_of, return_path_of, token_of
from notifications.services import lift_suppression
from notifications.tests.factories import NoticeFactory, ReturnedMessageFactory
from notifications.tests.mail import mail_server
from notifications.tests.return_samples import RECIPIENT, RETURNS, answer, bounce, complaint

pytestmark = pytest.mark.django_db

Arrival, Effect, State = Notice.Arrival, ReturnedMessage.Effect, ReturnedMessage.State


@pytest.fixture(autouse=True)
def address(settings):
    settings.RETURNS_ADDRESS = RETURNS


def sent(**fields):
    went = fields.pop("went", timezone.now() - timedelta(hours=1))
    return NoticeFactory(**{"state": "sent", "sent_at": went, "claimed_at": went, "address": RECIPIENT} | fields)


def kept(raw, **place):
    return keep_return(raw, Place("returns", **place))[0]


def arrival(notice):
    notice.refresh_from_db()
    return notice.arrival


def suppressed():
    return list(SuppressedAddress.objects.in_force().values_list("address", flat=True))


# --- The return path
def test_each_message_has_a_return_path_of_its_own_and_answers_go_there():
    notice = NoticeFactory(address=RECIPIENT)
    with mail_server() as sink:
        deliver_notices([notice.pk])
    [message] = sink.messages
    path = return_path_of(notice.pk)
    assert message.sender == path
    text = re.sub(r"\r\n\s+", " ", message.body.decode())
    assert f"Reply-To: {path}" in text
    assert f"{HEADER}: {token_of(notice.pk)}" in text
    assert "From: Vittoria Care <assistenza@vittoria-care.example>" in text


def test_without_an_address_of_returns_the_sender_is_the_sender(settings):
    settings.RETURNS_ADDRESS = ""
    notice = NoticeFactory()
    with mail_server() as sink:
        deliver_notices([notice.pk])
    assert sink.messages[0].sender == "assistenza@vittoria-care.example"
    assert b"Reply-To" not in sink.messages[0].body


def test_a_token_of_an_earlier_key_is_ours_and_one_of_no_key_is_not(settings):
    token = token_of(17)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert notice_id_of(token) == notice_id_of(token.upper()) == 17
    settings.SECRET_KEY_FALLBACKS = []
    assert notice_id_of(token) is None
    assert notice_id_of("17." + "0" * 20) is None
    assert notice_id_of("17") is None


# --- Matched
@pytest.mark.parametrize("way", ["address", "delivered-to", "envelope", "header", "message-id", "references"])
def test_the_notice_is_found_by_each_mark_of_ours(way):
    notice = sent()
    path, token = return_path_of(notice.pk), token_of(notice.pk)
    raw = {
        "address": lambda: bounce(path.upper()),
        "delivered-to": lambda: f"Delivered-To: {path}\n".encode() + bounce("list@else.example"),
        "envelope": lambda: bounce(RETURNS, envelope_id=token),
        "header": lambda: bounce(RETURNS, headers=f"{HEADER}: {token}\n"),
        "message-id": lambda: bounce(RETURNS, message_id=message_id_of(notice)),
        "references": lambda: answer(RETURNS, headers={"References": f"<a@b.example> {message_id_of(notice)}"}),
    }[way]()
    found = kept(raw)
    expected = "message_id" if way in ("message-id", "references") else "token"
    assert (found.notice, found.matched_by) == (notice, expected)


def test_a_token_counts_before_a_message_id_that_a_relay_wrote():
    notice, other = sent(), sent()
    found = kept(bounce(return_path_of(notice.pk), message_id=message_id_of(other)))
    assert found.notice == notice


# --- Bounces
def test_a_hard_one_fails_the_notice_and_gives_the_address_up():
    notice = sent()
    found = kept(bounce(return_path_of(notice.pk)))
    assert (arrival(notice), suppressed()) == (Arrival.FAILED, [RECIPIENT])
    assert (found.state, found.effect, found.handled_by) == (State.HANDLED, Effect.SUPPRESSED, None)


@pytest.mark.parametrize(
    ("status", "words", "state"),
    [
        ("5.2.2", "552 5.2.2 mailbox full", State.HANDLED),
        ("4.4.7", "expired", State.HANDLED),
        ("5.7.1", "550 5.7.1 refused by policy", State.OPEN),
        ("5.0.0", "something else", State.OPEN),
    ],
)
def test_others_fail_the_notice_and_give_nobody_up(status, words, state):
    notice = sent()
    found = kept(bounce(return_path_of(notice.pk), status=status, diagnostic=f"smtp; {words}"))
    assert (arrival(notice), suppressed(), found.state) == (Arrival.FAILED, [], state)


def test_a_refusal_of_us_is_an_error_in_the_log(caplog):
    kept(bounce(return_path_of(sent().pk), status="5.7.1", diagnostic="smtp; 550 5.7.1 DMARC"))
    assert "refuses us" in caplog.text


def test_a_delay_waits():
    notice = sent()
    found = kept(bounce(return_path_of(notice.pk), action="delayed", status="4.4.1"))
    assert (arrival(notice), suppressed(), found.state) == (Arrival.UNKNOWN, [], State.HANDLED)
    assert notice.reports.get().outcome == DeliveryReport.Outcome.ON_ITS_WAY


def test_a_report_of_delivery_is_one():
    notice = sent()
    kept(bounce(return_path_of(notice.pk), action="delivered", status="2.0.0"))
    assert arrival(notice) == Arrival.DELIVERED


def test_what_came_back_goes_another_way():
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="email", value=RECIPIENT)
    ContactPointFactory(customer=customer, kind="email", value="altra@example.it")
    notice = sent(customer=customer, kind="payment-received", once="payment-received:1:email")
    kept(bounce(return_path_of(notice.pk)))
    assert climb(timezone.now()) == 1
    assert Notice.objects.latest("pk").address == "altra@example.it"


def test_a_bounce_about_another_address_gives_nobody_up():
    notice = sent()
    found = kept(bounce(return_path_of(notice.pk), recipient="inoltrata@example.net"))
    assert (suppressed(), found.state, arrival(notice)) == ([], State.OPEN, Arrival.FAILED)
    assert found.remark


# --- What nothing follows from
@pytest.mark.parametrize("way", ["token", "message-id"])
def test_nothing_follows_from_a_forged_one(way):
    notice = sent()
    forged = f"returns+{notice.pk}.{'a' * 20}@care.example" if way == "token" else RETURNS
    message_id = f"<notice.{notice.pk}.{'a' * 24}@vittoria-care.example>" if way == "message-id" else "<x@y.example>"
    found = kept(bounce(forged, message_id=message_id))
    assert (found.notice, found.state, suppressed(), arrival(notice)) == (None, State.OPEN, [], Arrival.UNKNOWN)
    assert found.remark


def test_nothing_follows_from_one_without_any_mark_of_ours():
    found = kept(bounce(RETURNS))
    assert (found.notice, found.state, found.recipient, suppressed()) == (None, State.OPEN, RECIPIENT, [])


def test_nothing_follows_from_one_about_a_mail_of_last_year():
    notice = sent(went=timezone.now() - timedelta(days=365))
    found = kept(bounce(return_path_of(notice.pk)))
    assert (found.notice, found.state) == (notice, State.OPEN)
    assert (suppressed(), arrival(notice)) == ([], Arrival.UNKNOWN)
    assert "14" in found.remark


def test_nothing_follows_from_one_about_a_notice_that_was_not_sent():
    notice = NoticeFactory(address=RECIPIENT)
    assert (kept(bounce(return_path_of(notice.pk))).state, suppressed()) == (State.OPEN, [])


def test_nothing_follows_from_what_only_reads_like_a_bounce():
    notice = sent()
    text = "This message was created automatically by mail delivery software.\n\nA message that you sent could not be"
    text += f" delivered to one or more of its recipients:\n\n  {RECIPIENT}\n    550 unknown user\n\n"
    found = kept(answer(return_path_of(notice.pk), text=text, sender="Qualcuno <qualcuno@example.net>"))
    assert (found.state, suppressed(), arrival(notice)) == (State.OPEN, [], Arrival.UNKNOWN)


def test_a_note_of_absence_makes_no_work():
    notice = sent()
    found = kept(answer(return_path_of(notice.pk), headers={"Auto-Submitted": "auto-replied"}))
    assert (found.kind, found.notice, found.state) == ("automatic", notice, State.HANDLED)
    assert (suppressed(), arrival(notice)) == ([], Arrival.UNKNOWN)


def test_on_a_day_of_more_than_usual_the_others_wait_for_a_person(settings, caplog):
    settings.RETURNS_SUPPRESSED_PER_DAY = 2
    notices = [sent(address=f"c{place}@example.it") for place in range(4)]
    found = [kept(bounce(return_path_of(each.pk), recipient=each.address)) for each in notices]
    assert [each.state for each in found] == [State.HANDLED] * 2 + [State.OPEN] * 2
    assert (len(suppressed()), {arrival(each) for each in notices}) == (2, {Arrival.FAILED})
    assert "more than 2 addresses" in caplog.text


# --- Complaints
def test_a_complaint_about_an_offer_ends_the_offers():
    notice = sent(is_promotional=True)
    found = kept(complaint(RETURNS, mail_from=return_path_of(notice.pk)))
    assert (found.effect, found.state, suppressed(), arrival(notice)) == (
        Effect.UNSUBSCRIBED,
        State.HANDLED,
        [],
        Arrival.DELIVERED,
    )
    consent = Consent.objects.get(customer=notice.customer)
    assert (consent.event, consent.channel, consent.purpose) == ("withdrawn", "email", "agency_promotions")


def test_a_complaint_about_what_we_owe_takes_another_way_from_now_on():
    notice = sent()
    found = kept(complaint(RETURNS, message_id=message_id_of(notice)))
    assert (found.effect, suppressed(), arrival(notice)) == (Effect.SUPPRESSED, [RECIPIENT], Arrival.DELIVERED)
    assert SuppressedAddress.objects.get().reason == "asked"


def test_a_word_that_it_is_no_spam_changes_nothing():
    notice = sent()
    found = kept(complaint(RETURNS, kind="not-spam", message_id=message_id_of(notice)))
    assert (found.state, found.effect, suppressed()) == (State.HANDLED, Effect.NOTHING, [])


# --- Answers
def test_what_a_person_answers_waits_with_its_customer():
    notice = sent()
    found = kept(answer(return_path_of(notice.pk)))
    assert (found.kind, found.state, found.notice.customer) == ("answer", State.OPEN, notice.customer)
    assert (found.sender, arrival(notice)) == (RECIPIENT, Arrival.UNKNOWN)


# --- The moment
def test_the_moment_is_the_message_s_own_where_it_can_be():
    now = timezone.now()
    left = now - timedelta(hours=2)
    assert moment_of(now - timedelta(hours=1), left=left, now=now) == now - timedelta(hours=1)
    for wrong in (now + timedelta(days=1), now - timedelta(days=400), None):
        assert moment_of(wrong, left=left, now=now) == now
    assert moment_of(now - timedelta(days=2), left=None, now=now) == now


# --- By a person
def test_a_person_finds_the_notice_and_gives_the_address_up():
    notice, by = sent(), UserFactory()
    found = kept(bounce(RETURNS))
    found = match_return(found, notice=notice, by=by)
    assert (found.matched_by, found.effect, arrival(notice)) == ("person", Effect.REPORTED, Arrival.FAILED)
    assert notice.reports.get().by == by
    with pytest.raises(Refused):
        match_return(found, notice=notice, by=by)
    found = suppress_from_return(found, by=by, remark="sicuro")
    assert (suppressed(), found.state, found.handled_by) == ([RECIPIENT], State.HANDLED, by)
    with pytest.raises(Refused):
        suppress_from_return(found, by=by, remark="")


def test_a_notice_that_was_not_sent_is_not_matched():
    with pytest.raises(Refused):
        match_return(kept(bounce(RETURNS)), notice=NoticeFactory(), by=UserFactory())


def test_a_notice_is_named_in_each_way():
    notice = sent()
    names = [str(notice.pk), notice.once, message_id_of(notice), message_id_of(notice)[1:-1]]
    names += [return_path_of(notice.pk), token_of(notice.pk)]
    assert {notice_named(f" {name} ") for name in names} == {notice}
    assert notice_named("nulla") is notice_named("9" * 30) is notice_named("") is None
    assert notice_named(str(NoticeFactory(channel="inbox", address="").pk)) is None


def test_dealt_with_once_and_opened_again():
    found, by = kept(answer(RETURNS)), UserFactory()
    found = close_return(found, by=by, remark="fatto")
    with pytest.raises(Refused):
        close_return(found, by=by)
    found = reopen_return(found, by=by, remark="non era fatto")
    assert (found.state, found.handled_at, found.handled_by) == (State.OPEN, None, None)
    with pytest.raises(Refused):
        reopen_return(found, by=by, remark="")


def test_many_alike_are_dealt_with_at_once_but_no_answers():
    by = UserFactory()
    refused = [ReturnedMessageFactory(kind="bounce", verdict="policy", words="blocked by X") for _place in range(3)]
    other, reply = ReturnedMessageFactory(kind="bounce", words="Y"), ReturnedMessageFactory(kind="answer")
    given = {"words": "by x", "until": timezone.now(), "remark": "risolto", "by": by, "most": 2}
    assert [close_returns(kind="bounce", **given) for _round in range(3)] == [2, 1, 0]
    assert close_returns(kind="answer", **given | {"words": ""}) == 0
    assert {each.pk for each in ReturnedMessage.objects.open()} == {other.pk, reply.pk}
    refused[0].refresh_from_db()
    assert (refused[0].handled_by, refused[0].remark) == (by, "risolto")


def test_a_lifted_address_is_given_up_again_only_by_a_new_bounce():
    notice = sent()
    raw = bounce(return_path_of(notice.pk))
    kept(raw)
    lift_suppression(SuppressedAddress.objects.get(), by=UserFactory())
    kept(raw, number=4)
    assert suppressed() == []


# --- What came remains
def test_the_database_refuses_to_change_or_delete_what_came():
    found = kept(answer(RETURNS))
    for statement in ("UPDATE {} SET raw = 'x'", "UPDATE {} SET sender = 'x'", "DELETE FROM {}"):
        with pytest.raises(Exception, match="Cannot"), commands.transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format("notifications_returnedmessage"))
    assert ReturnedMessage.objects.get() == found
