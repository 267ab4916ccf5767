"""Letters by post: a batch for the printer, handed to the post or given up, and what comes back."""

import csv
import hashlib
import io
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from customers import roles
from customers.tests.factories import ContactPointFactory, CustomerFactory, PolicyFactory, UserFactory
from foundation.dates import ROME
from foundation.refusals import Refused
from foundation.tests.database import refused_by, refused_by_trigger
from foundation.tests.pages import send_command
from notifications.climbing import by_post
from notifications.deadlines import plan_alerts
from notifications.delivery import flag_stuck
from notifications.kinds import PAYMENT_RECEIVED
from notifications.letters import commands
from notifications.letters.commands import give_up_batch, make_batch, record_returned, send_batch
from notifications.letters.printing import document_of_batch, manifest_of_batch
from notifications.models import Letter, LetterBatch, Notice, NoticeAttachment
from notifications.services import tell_customer
from notifications.tests.enclosure_samples import pdf, picture
from notifications.tests.factories import LetterBatchFactory, LetterFactory, NoticeFactory
from notifications.tests.test_ladder import PAYMENT

pytestmark = pytest.mark.django_db

State = Notice.State
HOME = {"address": "Via Roma 1", "postal_code": "20149", "city": "Milano", "province": "MI"}


def letter(**fields):
    customer = fields.pop("customer", None) or CustomerFactory(**HOME)
    given = {"kind": "payment-received", "subject": "Pagamento ricevuto", "body_text": "Gentile Cliente,\n\nricevuto."}
    return NoticeFactory(customer=customer, **{"channel": "post", "address": ""} | given | fields)


def enclose(notice, name, content):
    NoticeAttachment.objects.create(notice=notice, name=name, content_type="application/octet-stream", content=content)
    return notice


def pages_of(document):
    return [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]


@pytest.fixture
def batch():
    """Two letters, printed."""
    letter(), letter()
    return make_batch(by=UserFactory()).batch


def states():
    return list(Notice.objects.order_by("pk").values_list("state", flat=True))


# --- Made
def test_letters_that_wait_are_printed_each_from_its_own_page_with_its_address_and_code():
    first = letter(customer=CustomerFactory(first_name="Anna", last_name="Bianchi", **HOME))
    second = letter(customer=CustomerFactory(**HOME | {"country": "CH"}), language="en", body_text="a\n\n" * 120)
    made = make_batch(by=UserFactory())
    assert (made.batch.number_of_letters, made.left) == (2, {})
    document = document_of_batch(made.batch)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]
    assert len(pages) > 2
    for wanted in ("Anna Bianchi", "Via Roma 1", "20149 Milano MI", "Pagamento ricevuto", f"VC-{first.pk}"):
        assert wanted in pages[0]
    assert f"VC-{second.pk}" not in pages[0]
    assert [f"VC-{second.pk}" in page for page in (pages[1], pages[-1])] == [True, True]
    assert "CH" in pages[1].split()
    assert states() == [State.SENDING, State.SENDING]


def test_the_document_is_always_the_same_and_the_manifest_names_its_checksum(batch):
    first = document_of_batch(batch)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert document_of_batch(batch) == first
    assert hashlib.sha256(first).hexdigest() == batch.sha256
    rows = list(csv.DictReader(io.StringIO(manifest_of_batch(batch))))
    assert [row["number"] for row in rows] == ["1", "2"]
    assert {row["sha256"] for row in rows} == {batch.sha256}
    assert {row["address"] for row in rows} == {"Via Roma 1, 20149 Milano MI"}


# --- With files
def test_the_files_of_a_letter_lie_behind_it_and_before_the_next():
    first = enclose(enclose(letter(), "a.pdf", pdf("allegato", pages=2)), "b.png", picture())
    second = letter()
    batch = make_batch(by=UserFactory()).batch
    document = document_of_batch(batch)
    pages = pages_of(document)
    assert len(pages) == 5
    assert [f"VC-{first.pk}" in pages[0], "allegato 1" in pages[1], "allegato 2" in pages[2]] == [True] * 3
    assert (pages[3].strip(), f"VC-{second.pk}" in pages[4]) == ("", True)
    assert hashlib.sha256(document).hexdigest() == batch.sha256


def test_the_manifest_says_where_each_letter_begins_and_how_many_pages_it_has():
    enclose(letter(), "a.pdf", pdf("allegato", pages=2))
    letter()
    rows = csv.DictReader(io.StringIO(manifest_of_batch(make_batch(by=UserFactory()).batch)))
    assert [(row["first_page"], row["pages"], row["files"]) for row in rows] == [("1", "3", "1"), ("4", "1", "0")]


def test_the_pages_of_a_letter_of_before_they_were_counted_are_not_made_up():
    LetterFactory(pages=None)
    [row] = csv.DictReader(io.StringIO(manifest_of_batch(LetterBatch.objects.get())))
    assert (row["first_page"], row["pages"]) == ("", "")


def test_each_page_beyond_the_first_costs_its_price(settings):
    settings.LETTER_PRICE, settings.LETTER_PAGE_PRICE = Decimal("1.25"), Decimal("0.10")
    long, short = enclose(letter(), "a.pdf", pdf("allegato", pages=2)), letter()
    batch = send_batch(make_batch(by=UserFactory()).batch, how="Poste", by=UserFactory())
    long.refresh_from_db(), short.refresh_from_db()
    assert long.receipt == f"1 letter, 3 pages = 1.45 EUR: batch {batch.pk}"
    assert short.receipt == f"1 letter = 1.25 EUR: batch {batch.pk}"


def test_files_beyond_what_a_batch_takes_wait_for_the_next(monkeypatch):
    content = pdf("allegato")
    monkeypatch.setattr(commands, "MOST_BYTES", len(content) + 1)
    enclose(letter(), "a.pdf", content), enclose(letter(), "a.pdf", content)
    made = make_batch(by=UserFactory())
    assert (made.batch.number_of_letters, list(made.left.values())) == (1, [1])
    assert make_batch(by=UserFactory()).batch.number_of_letters == 1


def test_a_file_that_cannot_be_printed_is_refused_when_the_letter_is_written_and_nothing_waits():
    with pytest.raises(Refused, match=r"lista\.docx") as refused:
        tell_customer(
            PAYMENT_RECEIVED,
            once="payment-received:1",
            words=PAYMENT,
            customer=CustomerFactory(**HOME),
            attachments=[("lista.docx", "application/msword", b"PK\x03\x04")],
        )
    assert refused.value.code == "not_printable"
    assert not Notice.objects.exists()


def test_a_refused_notice_with_such_a_file_does_not_go_by_post_and_the_officer_reads_why():
    notice = letter(channel="email", address="a@b.example", state=State.REFUSED, problem="552 5.3.4 too large")
    enclose(notice, "lista.docx", b"PK\x03\x04")
    with pytest.raises(Refused, match=r"lista\.docx"):
        by_post(notice, by=UserFactory(), reason="", now=timezone.now())
    assert states() == [State.REFUSED]


def test_a_later_change_of_address_does_not_change_what_is_printed(batch):
    before = document_of_batch(batch)
    customer = batch.letters.first().notice.customer
    customer.address = "Via Nuova 2"
    customer.save()
    assert document_of_batch(batch) == before


def test_what_cannot_or_need_not_be_printed_remains_with_its_reason():
    letter(customer=CustomerFactory(address="", city="", postal_code=""))
    enclose(letter(), "a.pdf", b"%PDF")
    reached = letter()
    ContactPointFactory(customer=reached.customer, kind="email", value="nuova@example.it")
    letter(expires_at=timezone.now() - timedelta(hours=1))
    made = make_batch(by=UserFactory())
    assert made.batch is None
    assert sorted(made.left.values()) == [1, 1, 1, 1]
    assert states() == [State.QUEUED, State.QUEUED, State.QUEUED, State.WITHHELD]


def test_an_address_that_did_not_answer_is_no_reason_not_to_print():
    waiting = letter(once="payment-received:1:post")
    NoticeFactory(
        once="payment-received:1:email",
        kind="payment-received",
        customer=waiting.customer,
        address="rotta@example.it",
        state=State.REFUSED,
    )
    ContactPointFactory(customer=waiting.customer, kind="email", value="rotta@example.it")
    assert make_batch(by=UserFactory()).batch.number_of_letters == 1


def test_an_alert_that_is_paid_meanwhile_is_not_printed():
    policy = PolicyFactory(
        holder=CustomerFactory(**HOME), starts_on=date(2029, 4, 9), ends_on=date(2030, 4, 9), plate="AB123CD"
    )
    with time_machine.travel(datetime(2030, 3, 1, 9, tzinfo=ROME), tick=False):
        plan_alerts()
        policy.state = "cancelled"
        policy.save()
        made = make_batch(by=UserFactory())
    assert made.batch is None
    assert states() == [State.WITHHELD]


def test_an_alert_gets_its_text_when_it_is_printed():
    PolicyFactory(
        holder=CustomerFactory(**HOME), starts_on=date(2029, 4, 9), ends_on=date(2030, 4, 9), plate="AB123CD"
    )
    with time_machine.travel(datetime(2030, 3, 1, 9, tzinfo=ROME), tick=False):
        plan_alerts()
        batch = make_batch(by=UserFactory()).batch
        assert "AB123CD" in PdfReader(io.BytesIO(document_of_batch(batch))).pages[0].extract_text()
        plan_alerts()
    assert states() == [State.SENDING]  # it is under way: the next night writes no other


def test_a_batch_holds_no_more_than_is_allowed(settings):
    settings.LETTERS_PER_BATCH = 2
    for _number in range(3):
        letter()
    assert make_batch(by=UserFactory()).batch.number_of_letters == 2
    assert states() == [State.SENDING, State.SENDING, State.QUEUED]


def test_a_batch_at_the_printer_is_not_what_a_dead_worker_held(batch):
    assert flag_stuck(timezone.now() + timedelta(days=2)) == 0
    assert states() == [State.SENDING, State.SENDING]


# --- Ended
def test_a_batch_that_is_with_the_post_has_gone(batch, settings):
    settings.LETTER_PRICE = Decimal("1.25")
    by = UserFactory()
    send_batch(batch, how="Poste, distinta 17", by=by)
    notice = Notice.objects.first()
    assert states() == [State.SENT, State.SENT]
    assert notice.receipt == f"1 letter = 1.25 EUR: batch {batch.pk}"
    assert (notice.events.first().detail, notice.events.first().by) == ("Poste, distinta 17", by)
    for again in (lambda: send_batch(batch, how="x", by=by), lambda: give_up_batch(batch, by=by)):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.code == "batch_ended"


def test_the_letters_of_a_batch_that_was_given_up_wait_for_another(batch):
    give_up_batch(batch, by=UserFactory())
    assert states() == [State.QUEUED, State.QUEUED]
    assert not Letter.objects.exists()
    assert make_batch(by=UserFactory()).batch.number_of_letters == 2


# --- Came back
def test_letters_that_came_back_are_entered_by_their_codes(batch):
    send_batch(batch, how="Poste", by=UserFactory())
    first, second = Notice.objects.order_by("pk")
    codes = [f"VC-{first.pk}", f" vc-{first.pk} ", ""]
    assert record_returned(codes, detail="sconosciuto", by=UserFactory()) == 1
    assert record_returned(codes, detail="sconosciuto", by=UserFactory()) == 0
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.arrival, second.arrival) == ("failed", "")
    assert first.reports.get().detail == "sconosciuto"


@pytest.mark.parametrize("code", ["VC-999999", "VC-", "17", "VC-١٧", "VC-" + "9" * 30])
def test_a_code_of_no_letter_that_went_is_named_and_nothing_is_entered(batch, code):
    send_batch(batch, how="Poste", by=UserFactory())
    first = Notice.objects.first()
    with pytest.raises(Refused, match=code):
        record_returned([f"VC-{first.pk}", code], detail="x", by=UserFactory())
    assert not first.reports.exists()


# --- What the database refuses
def test_a_batch_is_handed_to_the_post_or_given_up_and_by_somebody():
    now, by = timezone.now(), UserFactory()
    with refused_by("batch_is_sent_or_given_up"):
        LetterBatchFactory(sent_at=now, given_up_at=now, ended_by=by)
    for fields in ({"sent_at": now}, {"ended_by": by}):
        with refused_by("batch_is_ended_by_somebody"):
            LetterBatchFactory(**fields)
    with refused_by("letter_has_a_page"):
        LetterFactory(pages=0)
    with refused_by("letter_has_a_recipient"):
        LetterFactory(recipient="")
    first = LetterFactory()
    with refused_by("one_letter_per_number"):
        LetterFactory(batch=first.batch)
    first.batch.sha256 = "1" * 64
    with refused_by_trigger():
        first.batch.save()


# --- Pages
def client_of(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


def page(name, *args):
    return reverse(f"admin:notifications_letterbatch_{name}", args=args)


def test_a_batch_is_made_printed_and_posted_from_its_pages():
    waiting, client = letter(), client_of(roles.MANAGER)
    answer = send_command(client, page("list_command", "nuovo-lotto"), {})
    batch = LetterBatch.objects.get()
    assert answer.url == page("change", batch.pk)
    shown = client.get(page("change", batch.pk)).content.decode()
    assert page("document", batch.pk) in shown
    assert f"VC-{waiting.pk}" in shown
    document = client.get(page("document", batch.pk))
    assert hashlib.sha256(document.content).hexdigest() == batch.sha256
    assert client.get(page("manifest", batch.pk)).content.decode().startswith("number,code,recipient")
    assert client.post(page("document", batch.pk)).status_code == 405
    send_command(client, page("command", batch.pk, "consegnato"), {"how": "Poste"})
    assert states() == [State.SENT]
    send_command(client, page("list_command", "tornate"), {"codes": f"VC-{waiting.pk}", "detail": "trasferito"})
    waiting.refresh_from_db()
    assert waiting.arrival == "failed"


def test_a_batch_that_was_given_up_has_nothing_to_print(batch):
    client = client_of(roles.MANAGER)
    send_command(client, page("command", batch.pk, "annullato"), {})
    assert client.get(page("document", batch.pk)).status_code == 404
    assert page("document", batch.pk) not in client.get(page("change", batch.pk)).content.decode()


def test_an_agent_sees_batches_and_does_not_take_their_letters(batch):
    client = client_of(roles.AGENT)
    shown = client.get(page("change", batch.pk))
    assert (shown.status_code, page("document", batch.pk) in shown.content.decode()) == (200, False)
    assert client.get(page("document", batch.pk)).status_code == 403
    assert client.get(page("manifest", batch.pk)).status_code == 403


def test_a_batch_is_found_by_its_number(batch):
    client = client_of(roles.MANAGER)
    for text, found in ((str(batch.pk), [batch]), ("niente", [])):
        assert list(client.get(page("changelist"), {"q": text}).context["cl"].result_list) == found
