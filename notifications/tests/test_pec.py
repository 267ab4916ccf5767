"""Certified e-mail: sent over any manager's server, proved by the receipts that its mailbox holds."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.tests.factories import ContactPointFactory, CustomerFactory, PolicyFactory, UserFactory
from foundation.dates import ROME
from notifications.channels.pec.receipts import Unreadable, read_receipt
from notifications.deadlines import plan_alerts
from notifications.delivery import deliver_notices
from notifications.kinds import PAYMENT_RECEIVED
from notifications.message_ids import message_id_of
from notifications.models import (
    DeliveryReport,
    MailboxPlace,
    Notice,
    NoticeAttachment,
    ReturnedMessage,
    SuppressedAddress,
)
from notifications.returns.rounds import fetch_returns
from notifications.services import tell_customer
from notifications.tests.factories import NoticeFactory
from notifications.tests.pec_samples import RECIPIENT, SENDER, receipt, trusted_in
from notifications.tests.test_ladder import PAYMENT, ways
from testbed.imap_server import ImapServer
from testbed.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db

State, Arrival = Notice.State, Notice.Arrival
ID = "<notice.1.abc@care.example>"


@pytest.fixture
def manager(settings, tmp_path):
    """A manager's server, and its mailbox; whose receipts are trusted."""
    trusted_in(settings, tmp_path)
    with SmtpSink() as sink, ImapServer() as box:
        settings.PEC_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.PEC_SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": sink.port}
        settings.PEC_ADDRESS, settings.PEC_IMAP_URL = SENDER, box.url
        box.sink = sink
        yield box


def pec(**fields):
    return NoticeFactory(**{"channel": "pec", "address": RECIPIENT} | fields)


def sent(**fields):
    notice = pec(**fields)
    deliver_notices([notice.pk])
    notice.refresh_from_db()
    return notice


def fetched(box, *messages):
    box.messages += messages
    [found] = fetch_returns()
    return found.receipts, found.known, sum(found.new.values()) - found.unreadable, found.unreadable


def arrival_of(notice):
    notice.refresh_from_db()
    return notice.arrival


# --- Sent
def test_it_goes_from_the_certified_address_with_its_message_id_and_its_files(manager):
    notice = pec()
    NoticeAttachment.objects.create(notice=notice, name="a.pdf", content_type="application/pdf", content=b"%PDF")
    assert deliver_notices([notice.pk]) == {"sent": 1}
    [message] = manager.sink.messages
    text = str(message)
    assert f"From: {SENDER}" in text
    assert message_id_of(notice) in text
    assert "a.pdf" in text


def test_the_receipt_names_what_it_cost(manager, settings):
    settings.PEC_PRICE = Decimal("0.10")
    assert sent().receipt.startswith("1 PEC = 0.10 EUR: 250")


def test_without_a_manager_it_waits(settings):
    notice = pec()
    assert deliver_notices([notice.pk]) == {}
    assert Notice.objects.get().state == State.QUEUED


# --- What a receipt says
def test_a_receipt_is_read_with_its_moment_in_its_zone():
    found = read_receipt(receipt("avvenuta-consegna", ID))
    assert (found.kind, found.outcome, found.message_id) == ("avvenuta-consegna", "delivered", ID)
    assert (found.recipient, found.is_certified, found.reason) == (RECIPIENT, True, "")
    assert found.happened_at == datetime(2030, 3, 1, 9, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("accettazione", "on_its_way"),
        ("presa-in-carico", "on_its_way"),
        ("preavviso-errore-consegna", "on_its_way"),
        ("avvenuta-consegna", "delivered"),
        ("non-accettazione", "failed"),
        ("errore-consegna", "failed"),
        ("rilevazione-virus", "failed"),
    ],
)
def test_every_kind_of_receipt_has_its_outcome(kind, outcome):
    assert read_receipt(receipt(kind, ID)).outcome == outcome


def test_the_subject_decides_nothing():
    assert read_receipt(receipt("avvenuta-consegna", ID, headers={"X-Ricevuta": ""})) is None


def test_what_somebody_sent_is_no_receipt_whatever_it_has_in_it():
    sent_by_somebody = receipt("avvenuta-consegna", ID, headers={"X-Trasporto": "posta-certificata"})
    assert read_receipt(sent_by_somebody) is None
    assert read_receipt(b"From: a@b.example\n\nciao") is None


def test_the_data_file_names_the_message_where_the_header_does_not():
    assert read_receipt(receipt("accettazione", ID, headers={"X-Riferimento-Message-ID": ""})).message_id == ID


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc">]><postacert tipo="avvenuta-consegna">&b;</postacert>'


@pytest.mark.parametrize(
    "changes",
    [
        {"data": "<postacert"},
        {"data": BOMB},
        {"data": "<postacert tipo='accettazione'/>"},
        {"day": "31/02/2030"},
        {"day": "oggi"},
        {"identifier": ""},
    ],
)
def test_a_receipt_that_cannot_be_read_says_so(changes):
    with pytest.raises(Unreadable):
        read_receipt(receipt("avvenuta-consegna", ID, **changes))


def test_a_kind_that_nobody_knows_is_unreadable():
    with pytest.raises(Unreadable):
        read_receipt(receipt("avvenuta-lettura", ID))


# --- Fetched
def test_the_receipts_prove_acceptance_then_delivery_and_are_kept_as_they_came(manager):
    notice = sent()
    taken = receipt("accettazione", notice.message_id, identifier="a@g")
    assert fetched(manager, taken) == (1, 0, 0, 0)
    assert arrival_of(notice) == Arrival.UNKNOWN
    delivered = receipt("avvenuta-consegna", notice.message_id, identifier="b@g")
    assert fetched(manager, delivered) == (1, 0, 0, 0)
    assert arrival_of(notice) == Arrival.DELIVERED
    assert [bytes(each.original) for each in DeliveryReport.objects.order_by("pk")] == [taken, delivered]


def test_a_round_reads_only_what_is_new_and_marks_nothing(manager):
    notice = sent()
    assert fetched(manager, receipt("accettazione", notice.message_id)) == (1, 0, 0, 0)
    manager.commands.clear()
    assert fetched(manager) == (0, 0, 0, 0)
    assert not [each for each in manager.commands if "FETCH" in each or "STORE" in each or "EXPUNGE" in each]
    assert any(each.startswith("EXAMINE") for each in manager.commands)


def test_new_numbers_of_a_mailbox_are_read_from_the_beginning_and_nothing_counts_twice(manager):
    notice = sent()
    fetched(manager, receipt("avvenuta-consegna", notice.message_id))
    manager.validity, manager.first = 2, 100
    assert fetched(manager) == (0, 1, 0, 0)
    assert DeliveryReport.objects.count() == 1


def test_a_mailbox_that_hangs_up_is_read_on_from_there(manager):
    notices = [sent(), sent()]
    manager.hangs_up_at = 2
    messages = [
        receipt("avvenuta-consegna", each.message_id, identifier=f"{place}@g") for place, each in enumerate(notices)
    ]
    manager.messages += messages
    [found] = fetch_returns()
    assert (found.receipts, bool(found.away)) == (1, True)
    manager.hangs_up_at = None
    assert fetched(manager) == (1, 0, 0, 0)
    assert [arrival_of(each) for each in notices] == [Arrival.DELIVERED, Arrival.DELIVERED]


def test_one_that_cannot_be_read_holds_no_other_up_is_listed_and_stays_in_the_mailbox(manager, caplog):
    notice = sent()
    good = receipt("avvenuta-consegna", notice.message_id)
    assert fetched(manager, receipt("avvenuta-consegna", ID, data="<x"), good) == (1, 0, 0, 1)
    assert "message 1 of the certified mailbox" in caplog.text
    assert len(manager.messages) == 2
    assert MailboxPlace.objects.get().last_number == 2
    assert (ReturnedMessage.objects.get().kind, ReturnedMessage.objects.get().state) == ("unreadable", "open")


def test_what_is_about_no_notice_of_ours_is_kept_and_what_people_write_waits_for_a_person(manager):
    email = NoticeFactory()
    others = [
        receipt("avvenuta-consegna", "<somebody.else@x.example>"),
        receipt("avvenuta-consegna", f"<notice.{email.pk}.00@vittoria-care.example>"),
        receipt("avvenuta-consegna", message_id_of(email)),
        b"From: cliente@pec.example\nX-Trasporto: posta-certificata\n\nBuongiorno",
    ]
    assert fetched(manager, *others) == (0, 0, 4, 0)
    assert not DeliveryReport.objects.exists()
    assert [each.kind for each in ReturnedMessage.objects.open()] == ["answer"]
    assert len(manager.messages) == 4


def test_delivery_is_proved_to_certified_recipients_alone(manager):
    notice = sent()
    taken = receipt("accettazione", notice.message_id, certified="esterno", identifier="a@g")
    strange = receipt("avvenuta-consegna", notice.message_id, recipient="altri@pec.example", identifier="b@g")
    outside = receipt("avvenuta-consegna", notice.message_id, certified="esterno", identifier="c@g")
    assert fetched(manager, taken, strange, outside) == (3, 0, 0, 0)
    assert arrival_of(notice) == Arrival.UNKNOWN


def test_a_mailbox_that_is_none_gets_nothing_more_and_a_full_one_does(manager):
    gone, full = sent(), sent(address="piena@pec.example")
    fetched(
        manager,
        receipt("errore-consegna", gone.message_id, error="no-dest", identifier="a@g"),
        receipt("errore-consegna", full.message_id, error="altro", recipient="piena@pec.example", identifier="b@g"),
    )
    assert [arrival_of(gone), arrival_of(full)] == [Arrival.FAILED, Arrival.FAILED]
    assert [each.address for each in SuppressedAddress.objects.in_force()] == [RECIPIENT]


def test_a_mailbox_that_cannot_be_opened_is_tried_again(manager, capsys):
    manager.password = "another"
    assert fetch_returns()[0].away
    with pytest.raises(SystemExit) as end:
        call_command("fetch_returns")
    assert end.value.code == 1
    assert "receipts=0" in capsys.readouterr().out


def test_without_a_mailbox_nothing_is_asked(settings):
    settings.PEC_IMAP_URL = ""
    assert fetch_returns() == []


# --- On the ladder
def on(day, hour=9):
    return time_machine.travel(datetime(2030, 3, day, hour, tzinfo=ROME), tick=False)


def night(day):
    with on(day, 5):
        plan_alerts()
    with on(day):
        deliver_notices(Notice.objects.owed(timezone.now()).values_list("pk", flat=True))


def company():
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="pec", value=RECIPIENT)
    PolicyFactory(holder=customer, starts_on=date(2029, 4, 9), ends_on=date(2030, 4, 9))
    return customer


def test_an_expiry_goes_to_the_certified_address_and_is_settled_by_its_receipt(manager):
    customer = company()
    night(1)
    assert ways(customer) == [("pec", State.SENT)]
    fetched(manager, receipt("avvenuta-consegna", Notice.objects.get().message_id))
    night(5)
    assert ways(customer) == [("pec", State.SENT)]


def test_an_expiry_without_a_receipt_within_a_day_is_posted(manager):
    customer = company()
    night(1), night(2)
    assert ways(customer) == [("pec", State.SENT)]
    night(3)
    assert ways(customer) == [("pec", State.SENT), ("post", State.QUEUED)]
    assert Notice.objects.get(channel="post").address == ""


def test_a_command_writes_to_the_certified_address_where_nothing_else_reaches_the_customer(manager):
    [notice] = tell_customer(PAYMENT_RECEIVED, once="payment-received:1", words=PAYMENT, customer=company())
    assert (notice.channel, notice.address, notice.body_html) == ("pec", RECIPIENT, "")


# --- On its page
def test_the_receipt_is_saved_from_the_page_as_it_came(manager):
    notice = sent()
    raw = receipt("avvenuta-consegna", notice.message_id)
    fetched(manager, raw)
    client = Client()
    client.force_login(UserFactory(role=roles.MANAGER))
    report = DeliveryReport.objects.get()
    address = reverse("admin:notifications_notice_report", args=[notice.pk, report.pk])
    assert address in client.get(reverse("admin:notifications_notice_change", args=[notice.pk])).content.decode()
    saved = client.get(address)
    assert (saved.content, saved["Content-Type"]) == (raw, "message/rfc822")
    other = reverse("admin:notifications_notice_report", args=[sent().pk, report.pk])
    assert client.get(other).status_code == 404
    assert client.post(address).status_code == 405
