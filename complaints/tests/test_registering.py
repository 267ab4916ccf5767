"""Entering a complaint: its number, its days of receipt, once for each contact and form, and who is informed."""

import threading
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from complaints.models import Complaint, ComplaintEvent, RegisterYear
from complaints.services import Statement, days_written, is_written, register_complaint, register_from_contact
from complaints.tests.factories import ComplaintFactory
from contact_center.models import ContactEvent, Message
from contact_center.office.contact_page import events_told, named
from contact_center.tests.factories import ContactFactory, MessageFactory, WebFormRequestFactory
from customers.tests.factories import AgencyFactory, ContactPointFactory, CustomerFactory, ReservedAreaAccountFactory
from foundation.refusals import Refused
from notifications.models import Notice
from notifications.services.queueing import TYPED_PER_DAY


def statement(**changed) -> Statement:
    stated: dict[str, Any] = {
        "complainant_name": "Maria Rossi",
        "subject": "Conteggio del premio",
        "text": "Il premio non corrisponde al preventivo.",
        "received_on": date(2026, 5, 2),
        "address": "maria.rossi@example.it",
    }
    return Statement(**(stated | changed))


def notices() -> set[tuple[str, str, str]]:
    return set(Notice.objects.values_list("once", "channel", "address"))


@pytest.mark.django_db
def test_numbers_follow_each_other_within_the_year(clock):
    assert [register_complaint(statement(), by=None).number for _ in range(3)] == ["2026/1", "2026/2", "2026/3"]
    assert RegisterYear.objects.get().last_number == 3


@pytest.mark.django_db
def test_a_complaint_by_the_public_form_is_acknowledged_without_its_words(clock):
    register_complaint(
        statement(complainant_name="Vinto https://premio.example.com", subject="accesso.example.com"), by=None
    )
    notice = Notice.objects.get()
    assert "example.com" not in notice.subject + notice.body_text + notice.body_html
    assert notice.mailbox == "maria.rossi@example.it"


@pytest.mark.django_db
def test_an_officer_quotes_the_complainant_but_no_address_of_a_page(clock, officer):
    register_complaint(statement(subject="accesso.example.com"), by=officer)
    notice = Notice.objects.get()
    assert ("Maria Rossi" in notice.body_text, "example.com" in notice.body_text, notice.mailbox) == (True, False, "")


@pytest.mark.django_db
def test_the_complaints_of_a_day_to_one_mailbox_are_kept_and_their_mail_is_withheld(clock):
    for _place in range(TYPED_PER_DAY + 1):
        register_complaint(statement(), by=None)
    assert Complaint.objects.count() == TYPED_PER_DAY + 1
    assert Notice.objects.filter(state="withheld").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), "2026/1"),  # 23:30 in Italy
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "2027/1"),  # midnight in Italy
    ],
)
def test_the_number_belongs_to_the_year_of_registration_in_italy(clock, moment, number):
    clock.move_to(moment)
    complaint = register_complaint(statement(received_on=date(2026, 12, 30)), by=None)
    assert (complaint.number, complaint.received_on, complaint.due_on) == (
        number,
        date(2026, 12, 30),
        date(2027, 2, 13),
    )


@pytest.mark.django_db
def test_the_registration_is_written_down(clock, officer):
    complaint = register_complaint(statement(), by=officer)
    event = complaint.events.get()
    assert (event.kind, event.by, event.notice.kind) == (ComplaintEvent.Kind.REGISTERED, officer, "complaint-received")


@pytest.mark.django_db(transaction=True)
def test_numbers_follow_the_moments_of_registration_when_many_come_at_once():
    start = threading.Barrier(20)

    def register() -> None:
        try:
            start.wait()
            register_complaint(statement(received_on=date(2020, 1, 1)), by=None)
        finally:
            connection.close()

    threads = [threading.Thread(target=register) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = list(Complaint.objects.order_by("registered_at").values_list("sequence", flat=True))
    assert numbers == list(range(1, 21))


# --- Once ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_same_submission_twice_is_one_complaint(clock):
    key = uuid.uuid4()
    first = register_complaint(statement(), by=None, submission_key=key)
    assert register_complaint(statement(subject="Altro"), by=None, submission_key=key) == first
    assert (Complaint.objects.count(), first.events.count(), Notice.objects.count()) == (1, 1, 1)
    assert RegisterYear.objects.get().last_number == 1


@pytest.mark.django_db
def test_the_same_contact_twice_is_one_complaint(clock, officer):
    contact = MessageFactory(contact__customer=CustomerFactory()).contact
    first = register_from_contact(contact, by=officer)
    assert register_from_contact(contact, by=officer) == first
    assert Complaint.objects.count() == 1
    assert contact.events.filter(kind=ContactEvent.Kind.COMPLAINT).count() == 1


@pytest.mark.django_db
def test_what_fails_gives_its_number_back(clock):
    with transaction.atomic():
        register_complaint(statement(), by=None)
        transaction.set_rollback(True)
    assert register_complaint(statement(), by=None).number == "2026/1"


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_one_to_fifty_without_a_gap_though_others_fail():
    """Of 75 at once, 25 fail after they took their number, and give it back."""
    problems = []
    start = threading.Barrier(75)

    def register(fails: bool) -> None:
        try:
            start.wait()
            with transaction.atomic():
                register_complaint(statement(received_on=date(2020, 1, 1)), by=None)
                if fails:
                    transaction.set_rollback(True)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=register, args=(number % 3 == 0,)) for number in range(75)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(Complaint.objects.values_list("sequence", flat=True)) == list(range(1, 51))
    assert RegisterYear.objects.get().last_number == 50


@pytest.mark.django_db(transaction=True)
def test_one_submission_sent_ten_times_at_once_is_one_complaint():
    key, numbers = uuid.uuid4(), []
    start = threading.Barrier(10)

    def register() -> None:
        try:
            start.wait()
            numbers.append(
                register_complaint(statement(received_on=date(2020, 1, 1)), by=None, submission_key=key).number
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=register) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(numbers), len(set(numbers)), RegisterYear.objects.get().last_number) == (10, 1, 1)


# --- From a contact -------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_contact_keeps_its_day_of_receipt_in_italy_and_its_words(clock, officer):
    customer = CustomerFactory(province="PV")
    ContactPointFactory(customer=customer, kind="email", value="maria.rossi@example.it")
    late = datetime(2026, 4, 1, 22, 30, tzinfo=UTC)  # half past midnight of the second of April in Italy
    contact = ContactFactory(customer=customer, started_at=late, subject="Premio")
    MessageFactory(contact=contact, text="Prima parte.", written_at=late)
    MessageFactory(contact=contact, text="Nota interna", direction=Message.Direction.NOTE)
    MessageFactory(contact=contact, text="Seconda parte.")
    complaint = register_from_contact(contact, by=officer)
    assert (complaint.received_on, complaint.text) == (date(2026, 4, 2), "Prima parte.\n\nSeconda parte.")
    assert (complaint.customer, complaint.address, complaint.province) == (customer, "maria.rossi@example.it", "PV")
    assert (complaint.contact, complaint.subject) == (contact, "Premio")
    contact.refresh_from_db()
    assert (contact.state, contact.version) == ("open", 2)
    (event,) = named(contact.events.all())
    assert (event.kind, event.details) == ("complaint", {"complaint": complaint.number, "cancelled": False})
    assert complaint.number in events_told([event])[0]["details"]


@pytest.fixture
def thread(clock):
    """A request of 1 April, and what was written later in its thread."""
    contact = ContactFactory(customer=CustomerFactory(), started_at=datetime(2026, 4, 1, 8, tzinfo=UTC))
    MessageFactory(contact=contact, text="Quando scade la polizza?", written_at=datetime(2026, 4, 1, 8, tzinfo=UTC))
    MessageFactory(contact=contact, text="RECLAMO: addebito doppio.", written_at=datetime(2026, 5, 2, 8, tzinfo=UTC))
    return contact


@pytest.mark.django_db
def test_a_complaint_late_in_a_thread_has_the_day_of_its_message(thread, officer):
    assert list(days_written(thread)) == [date(2026, 4, 1), date(2026, 5, 2)]
    complaint = register_from_contact(thread, by=officer, received_on=date(2026, 5, 2))
    assert (complaint.received_on, complaint.due_on) == (date(2026, 5, 2), date(2026, 6, 16))


@pytest.mark.django_db
def test_without_a_day_it_is_the_first_on_which_something_was_written(thread, officer):
    assert register_from_contact(thread, by=officer).received_on == date(2026, 4, 1)


@pytest.mark.django_db
def test_a_day_on_which_nothing_was_written_is_refused(thread, officer):
    with pytest.raises(Refused) as refusal:
        register_from_contact(thread, by=officer, received_on=date(2026, 5, 3))
    assert refusal.value.code == "not_written_then"
    assert not Complaint.objects.exists()


@pytest.mark.django_db
def test_the_intermediarys_earlier_day_is_what_the_term_counts_from(clock, officer):
    contact = MessageFactory(contact__customer=CustomerFactory()).contact
    complaint = register_from_contact(contact, by=officer, received_by_intermediary_on=date(2026, 4, 1))
    assert complaint.due_on == date(2026, 5, 16)


@pytest.mark.django_db
def test_a_call_is_no_complaint_until_something_is_in_writing(clock, officer):
    contact = ContactFactory(by_phone=True, customer=CustomerFactory())
    assert not is_written(contact)
    with pytest.raises(Refused) as refusal:
        register_from_contact(contact, by=officer, text="Ha detto che...")
    assert refusal.value.code == "not_written"
    MessageFactory(
        contact=contact, text="Come detto al telefono, reclamo.", written_at=datetime(2026, 5, 3, 9, tzinfo=UTC)
    )
    clock.move_to(datetime(2026, 5, 5, 8, tzinfo=UTC))
    assert register_from_contact(contact, by=officer).received_on == date(2026, 5, 3)


@pytest.mark.django_db
def test_a_web_form_says_who_writes(clock, officer):
    written = WebFormRequestFactory(name="Anna Bianchi", email="anna@example.it", policy_number="P1", language="en")
    MessageFactory(contact=written.contact)
    complaint = register_from_contact(written.contact, by=officer)
    assert (complaint.complainant_name, complaint.address, complaint.reference, complaint.language) == (
        "Anna Bianchi",
        "anna@example.it",
        "P1",
        "en",
    )


# --- What is refused, and what is tidied --------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"text": " \n "}, "nothing_said"),
        ({"complainant_name": " "}, "nothing_said"),
        ({"received_on": date(2026, 5, 5)}, "received_in_the_future"),
        ({"received_by_intermediary_on": date(2026, 5, 5)}, "received_in_the_future"),
        ({"received_on": date(1900, 1, 1)}, "before_the_company"),
        ({"received_by_intermediary_on": date(1900, 1, 1)}, "before_the_company"),
        ({"received_on": date(2026, 4, 1), "received_by_intermediary_on": date(2026, 4, 2)}, "intermediary_later"),
    ],
)
def test_a_complaint_that_cannot_be_is_refused(clock, changed, code):
    with pytest.raises(Refused) as refusal:
        register_complaint(statement(**changed), by=None)
    assert refusal.value.code == code
    assert not Complaint.objects.exists()


@pytest.mark.django_db
def test_line_breaks_in_a_name_or_address_never_reach_a_header(clock):
    complaint = register_complaint(
        statement(
            complainant_name="Anna\r\nBcc: tutti@example.it", subject="Uno\nDue", address="Via Roma 1\r\n27100 Pavia"
        ),
        by=None,
    )
    assert (complaint.complainant_name, complaint.subject) == ("Anna Bcc: tutti@example.it", "Uno Due")
    assert (complaint.address, complaint.email) == ("Via Roma 1 27100 Pavia", "")
    complaint = register_complaint(statement(complainant_name="Anna\nBcc: x"), by=None)
    assert "\n" not in Notice.objects.get().subject


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a" * 10_000, "a" * 10_000),
        ("😀🏡 è così", "😀🏡 è così"),
        ("مرحبا \u202e txet", "مرحبا  txet"),
        ("riga\r\nriga\x00\x07", "riga\nriga"),
    ],
)
def test_any_text_is_taken(clock, text, stored):
    complaint = register_complaint(statement(text=text), by=None)
    complaint.refresh_from_db()
    assert complaint.text == stored


@pytest.mark.django_db
def test_nothing_unseen_gets_into_the_register(clock):
    complaint = register_complaint(
        statement(complainant_name="Mario\u202eoiraM", subject="a\u202eb\u2066\u200b", text="t\u202ex\ufeff"), by=None
    )
    assert (complaint.complainant_name, complaint.subject, complaint.text) == ("MariooiraM", "ab", "tx")


@pytest.mark.django_db
def test_a_second_letter_on_the_matter_is_a_complaint_of_its_own(clock):
    first = ComplaintFactory(answered=True, sequence=900)
    second = register_complaint(statement(follows=first), by=None)
    assert (second.follows, second.received_on, second.state) == (first, date(2026, 5, 2), "received")


# --- Who is informed -------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_complainant_who_is_no_customer_is_informed_by_email(clock):
    complaint = register_complaint(statement(), by=None)
    assert notices() == {(f"complaint-received:{complaint.pk}:email", "email", "maria.rossi@example.it")}
    text = Notice.objects.get().body_text
    assert complaint.number in text
    assert "16" in text  # of June, the last day


@pytest.mark.django_db
def test_a_customer_is_informed_by_email_and_in_the_reserved_area(clock):
    customer = ReservedAreaAccountFactory().customer
    complaint = register_complaint(statement(customer=customer), by=None)
    assert notices() == {
        (f"complaint-received:{complaint.pk}:email", "email", "maria.rossi@example.it"),
        (f"complaint-received:{complaint.pk}:inbox", "inbox", ""),
    }


@pytest.mark.django_db
def test_who_wants_the_answer_by_post_gets_no_email(clock):
    customer = ContactPointFactory(kind="email", value="maria@example.it").customer
    register_complaint(statement(customer=customer, address="Via Roma 1, 27100 Pavia"), by=None)
    register_complaint(statement(address="Via Roma 1, 27100 Pavia"), by=None)
    assert notices() == set()


@pytest.mark.django_db
def test_an_acknowledgement_promises_no_day_that_is_past(clock):
    register_complaint(statement(received_on=date(2026, 1, 10)), by=None)
    text = Notice.objects.get().body_text
    assert ("è trascorso" in text, "24 febbraio" in text.lower()) == (True, False)


@pytest.mark.django_db
def test_the_agency_concerned_gets_a_copy_of_the_acknowledgement(clock):
    agency = AgencyFactory(email="agenzia@example.it", pec="agenzia@pec.example.it")
    complaint = register_complaint(statement(about_conduct=True, agency=agency), by=None)
    copy = Notice.objects.get(kind="complaint-letter-copy")
    assert (copy.address, complaint.number in copy.body_text) == ("agenzia@pec.example.it", True)
    assert complaint.events.get().details["copy_sent"] == "email"


@pytest.mark.django_db
def test_an_agency_whose_conduct_is_not_concerned_gets_no_copy(clock):
    register_complaint(statement(agency=AgencyFactory(email="agenzia@example.it")), by=None)
    assert not Notice.objects.filter(kind="complaint-letter-copy").exists()
