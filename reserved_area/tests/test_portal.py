"""The rooms of the reserved area: who enters, whose rows they see, what it costs, and what cannot break them."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from complaints.tests.factories import ComplaintFactory, ComplaintLetterFactory, SuspensionFactory
from contact_center.models import Contact
from contact_center.tests.factories import ContactFactory, MessageFactory, SatisfactionSurveyFactory
from contact_center.tests.public_forms import guard
from customers import roles
from customers.models import Customer
from customers.tests.factories import (
    AccessLogFactory,
    AgencyMemberFactory,
    ClaimFactory,
    ConsentFactory,
    ContactPointFactory,
    CustomerFactory,
    DocumentFactory,
    InstalmentFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from customers.tests.sign_in import signed_in
from foundation.dates import written_day
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db

ROOMS = (
    "reserved_area",
    "portal_more",
    "portal_call_backs",
    "portal_policies",
    "portal_claims",
    "portal_requests",
    "portal_complaints",
    "portal_notices",
    "portal_sent_notices",
    "portal_consents",
    "portal_profile",
    "portal_accesses",
    "portal_documents",
    "portal_calendar",
)
OF_ONE = {
    "portal_policy": lambda customer: PolicyFactory(holder=customer),
    "portal_claim": lambda customer: ClaimFactory(policy=PolicyFactory(holder=customer)),
    "portal_document": lambda customer: DocumentFactory(policy__holder=customer),
    "portal_request": lambda customer: ContactFactory(customer=customer),
    "portal_complaint": lambda customer: ComplaintFactory(customer=customer),
    "portal_notice": lambda customer: inbox_notice(customer),
}


def inbox_notice(customer, **fields):
    facts = {"channel": "inbox", "address": "", "state": "sent", "sent_at": timezone.now(), **fields}
    return NoticeFactory(customer=customer, **facts)


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def customer(account):
    return account.customer


@pytest.fixture
def client(account):
    return signed_in(account.user)


def fill(customer):
    """One row of everything in a customer's rooms."""
    policy = PolicyFactory(holder=customer, ends_on=timezone.localdate() + timedelta(days=20))
    InstalmentFactory(policy=policy, due_on=timezone.localdate() + timedelta(days=5))
    ClaimFactory(policy=policy, adjuster="dott. Neri", adjuster_phone="+390255501403")
    DocumentFactory(policy=policy)
    MessageFactory(contact=ContactFactory(customer=customer))
    ContactFactory(customer=customer, by_phone=True)
    ComplaintFactory(customer=customer)
    inbox_notice(customer)
    NoticeFactory(customer=customer)
    ConsentFactory(customer=customer)
    ContactPointFactory(customer=customer)
    AccessLogFactory(customer=customer)


# --- Who enters ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("room", ROOMS)
def test_a_stranger_is_asked_to_sign_in(room):
    assert Client().get(reverse(room)).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_customer_opens_every_room_empty_and_filled_in_both_languages(client, customer, room, language):
    client.cookies.load({"django_language": language})
    assert client.get(reverse(room)).status_code == 200
    fill(customer)
    page = client.get(reverse(room))
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.content.decode()


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_suspended_or_closed_account_reads_why(room, state):
    account = ReservedAreaAccountFactory(state=state)
    page = signed_in(account.user).get(reverse(room))
    assert (page.status_code, page.context["account"]) == (403, account)


@pytest.mark.parametrize("role", [roles.AGENT, roles.MANAGER, roles.AGENCY_MEMBER, None])
def test_who_is_no_customer_reads_why(role):
    page = signed_in(UserFactory(role=role)).get(reverse("reserved_area"))
    assert (page.status_code, page.context["account"]) == (403, None)


@pytest.mark.parametrize("role", [roles.AGENT, roles.ADMINISTRATOR])
def test_a_colleague_who_is_a_customer_sees_their_own_file_and_no_other(role):
    account = ReservedAreaAccountFactory(user=UserFactory(role=role))
    mine, theirs = PolicyFactory(holder=account.customer), PolicyFactory()
    client = signed_in(account.user)
    assert [policy.pk for policy, *_rest in client.get(reverse("portal_policies")).context["policies"]] == [mine.pk]
    assert client.get(reverse("portal_policy", args=[theirs.pk])).status_code == 404


def test_an_agency_member_who_is_a_customer_does_not_see_the_agencys_customers_here():
    member = AgencyMemberFactory()
    ReservedAreaAccountFactory(user=member.user)
    theirs = PolicyFactory(holder=CustomerFactory(agency=member.agency))
    assert signed_in(member.user).get(reverse("portal_policy", args=[theirs.pk])).status_code == 404


def test_a_company_is_greeted_by_its_name():
    account = ReservedAreaAccountFactory(customer=CustomerFactory(company=True))
    assert account.customer.company_name in signed_in(account.user).get(reverse("reserved_area")).content.decode()


# --- Whose rows ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", OF_ONE)
def test_ones_own_is_shown(client, customer, name):
    assert client.get(reverse(name, args=[OF_ONE[name](customer).pk])).status_code == 200


@pytest.mark.parametrize("name", OF_ONE)
def test_somebody_elses_is_not_found(client, name):
    assert client.get(reverse(name, args=[OF_ONE[name](CustomerFactory()).pk])).status_code == 404


@pytest.mark.parametrize("name", OF_ONE)
@pytest.mark.parametrize("key", [0, 10**30])
def test_a_number_of_nothing_is_not_found(client, name, key):
    assert client.get(reverse(name, args=[key])).status_code == 404


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_shows_nothing_of_others(client, room):
    fill(CustomerFactory(last_name="Sconosciuti"))
    page = client.get(reverse(room)).content.decode()
    assert "Sconosciuti" not in page
    assert "dott. Neri" not in page
    assert re.findall(r'"/area-riservata/\w+/\d+/', page) == []


@pytest.mark.parametrize("name", ["portal_request_message", "portal_request_survey", "portal_notice_read"])
def test_nothing_of_others_can_be_changed(client, name):
    other = CustomerFactory()
    row = (
        inbox_notice(other)
        if name == "portal_notice_read"
        else SatisfactionSurveyFactory(contact__customer=other).contact
    )
    assert client.post(reverse(name, args=[row.pk]), {**guard(), "text": "x"}).status_code == 404


# --- Policies ------------------------------------------------------------------------------------------------------
def test_an_adherent_sees_the_contract_and_nothing_of_the_others(client, customer):
    policy = PolicyFactory(premium=Decimal("98765.40"))
    PolicyAdherentFactory(policy=policy, customer=customer)
    PolicyAdherentFactory(policy=policy, customer=CustomerFactory(last_name="Altrui"))
    InstalmentFactory(policy=policy, amount=Decimal("4321.00"))
    ClaimFactory(policy=policy, number="S-ALTRUI")
    ClaimFactory(policy=policy, customer=customer, number="S-MIO")
    page = client.get(reverse("portal_policy", args=[policy.pk]))
    words = page.content.decode()
    assert policy.number in words
    assert "S-MIO" in words
    for hidden in ("Altrui", "S-ALTRUI", "4.321", "98.765"):
        assert hidden not in words
    assert client.get(reverse("reserved_area")).context["dues"] == []


def test_amounts_are_written_as_in_italy(client, customer):
    policy = PolicyFactory(holder=customer)
    InstalmentFactory(policy=policy, amount=Decimal("1234.50"))
    client.cookies.load({"django_language": "it"})
    assert "1.234,50&nbsp;€" in client.get(reverse("portal_policy", args=[policy.pk])).content.decode()


def test_instalments_are_paid_to_pay_or_overdue(client, customer):
    policy, today = PolicyFactory(holder=customer), timezone.localdate()
    InstalmentFactory(policy=policy, due_on=today - timedelta(days=90), paid_on=today - timedelta(days=80))
    InstalmentFactory(policy=policy, due_on=today - timedelta(days=1))
    InstalmentFactory(policy=policy, due_on=today + timedelta(days=1))
    payments = client.get(reverse("portal_policy", args=[policy.pk])).context["payments"]
    assert [due.is_late if due else None for _instalment, due in payments] == [False, True, None]


def test_policies_alive_come_before_those_that_are_over(client, customer):
    over = PolicyFactory(holder=customer, state="expired", ends_on=date(2030, 1, 1))
    alive = PolicyFactory(holder=customer)
    shown = client.get(reverse("portal_policies")).context["policies"]
    assert [policy for policy, *_rest in shown] == [alive, over]


def test_a_fleet_is_paged(client, customer):
    for _policy in range(45):
        PolicyFactory(holder=customer)
    first = client.get(reverse("portal_policies"))
    assert (len(first.context["policies"]), first.context["page"]["next_url"]) == (20, "?pagina=2")
    last = client.get(reverse("portal_policies") + "?pagina=3")
    assert (len(last.context["policies"]), last.context["page"]["next_url"]) == (5, None)


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "99999999999999999999", "501", "\0"])
def test_a_page_that_is_not_there_is_no_error(client, page):
    assert client.get(reverse("portal_policies"), {"pagina": page}).status_code == 200


# --- Claims --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("is_own", "shown"), [(True, True), (False, False)])
def test_the_words_of_a_claim_are_for_the_person_who_reported_it(client, customer, is_own, shown):
    reporter = customer if is_own else CustomerFactory()
    claim = ClaimFactory(policy=PolicyFactory(holder=customer), customer=reporter, description="Frattura del polso.")
    page = client.get(reverse("portal_claim", args=[claim.pk]))
    assert page.status_code == 200
    assert ("Frattura del polso." in page.content.decode()) is shown


# --- Home ----------------------------------------------------------------------------------------------------------
def test_the_home_shows_what_is_due_what_moves_and_what_is_new(client, customer):
    fill(customer)
    page = client.get(reverse("reserved_area")).context
    assert [due.is_expiry for due in page["dues"]] == [False, True]
    assert [claim.adjuster for claim in page["claims"]] == ["dott. Neri"]
    assert [contact.channel for contact in page["contacts"]] == ["site_form"]
    assert len(page["complaints"]) == 1
    assert len(page["notices"]) == 1


def test_what_is_over_does_not_move(client, customer):
    ClaimFactory(policy=PolicyFactory(holder=customer), state="closed")
    ContactFactory(customer=customer, closed=True)
    ComplaintFactory(customer=customer, answered=True)
    page = client.get(reverse("reserved_area")).context
    assert (page["claims"], list(page["contacts"]), page["complaints"]) == ([], [], [])


# --- Requests ------------------------------------------------------------------------------------------------------
def write(client, contact, text="Grazie, ecco il dato.", **given):
    return client.post(reverse("portal_request_message", args=[contact.pk]), {**guard(), "text": text, **given})


def test_notes_of_the_house_are_not_shown(client, customer):
    contact = ContactFactory(customer=customer)
    MessageFactory(contact=contact, direction="note", text="cliente insistente")
    assert "insistente" not in client.get(reverse("portal_request", args=[contact.pk])).content.decode()


def test_a_message_puts_the_request_back_in_work(client, customer):
    contact = ContactFactory(customer=customer, state="waiting")
    assert write(client, contact).url == reverse("portal_request", args=[contact.pk])
    contact.refresh_from_db()
    assert contact.state == "open"
    assert [message.text for message in contact.messages.all()] == ["Grazie, ecco il dato."]
    assert list(contact.events.values_list("kind", flat=True)) == ["resumed", "received"]


def test_a_message_about_a_closed_request_takes_it_up_again(client, customer):
    contact = ContactFactory(customer=customer, closed=True, started_at=timezone.now() - timedelta(days=1))
    write(client, contact)
    contact.refresh_from_db()
    assert (contact.state, contact.reopened_count) == ("open", 1)


def test_a_message_sent_twice_is_one(client, customer):
    contact = ContactFactory(customer=customer)
    same = guard()
    write(client, contact, **same)
    write(client, contact, **same)
    assert contact.messages.count() == 1


def test_what_is_too_long_is_kept_on_the_page(client, customer):
    contact = ContactFactory(customer=customer)
    answer = write(client, contact, text="è" * 10_001)
    assert answer.status_code == 422
    assert "è" * 10_001 in answer.content.decode()
    assert contact.messages.count() == 0


@pytest.mark.parametrize("text", ["😀", "مرحبا", "<script>alert(1)</script>", "x" * 10_000])
def test_a_message_may_hold_anything(client, customer, text):
    contact = ContactFactory(customer=customer)
    write(client, contact, text=text)
    page = client.get(reverse("portal_request", args=[contact.pk])).content.decode()
    assert "<script>alert" not in page
    assert contact.messages.get().text == text


def test_a_call_is_listed_as_a_call_and_has_no_thread(client, customer):
    contact = ContactFactory(customer=customer, by_phone=True)
    assert client.get(reverse("portal_request", args=[contact.pk])).context.get("form") is None
    assert write(client, contact).status_code == 404


def test_a_file_of_the_thread_is_sent_and_fetched_again(client, customer):
    contact = ContactFactory(customer=customer)
    note = SimpleUploadedFile("nota.txt", b"Ecco i dati.", "text/plain")
    write(client, contact, files=note)
    file = contact.messages.get().attachments.get()
    page = client.get(reverse("portal_request", args=[contact.pk])).content.decode()
    assert file.get_absolute_url() in page
    assert b"".join(client.get(file.get_absolute_url()).streaming_content) == b"Ecco i dati."
    assert signed_in(ReservedAreaAccountFactory().user).get(file.get_absolute_url()).status_code == 404


def test_a_file_that_is_not_taken_is_named_and_the_words_stay(client, customer):
    contact = ContactFactory(customer=customer)
    page = write(client, contact, files=SimpleUploadedFile("foto.svg", b"<svg/>", "image/svg+xml"))
    assert page.status_code == 422
    assert "files" in page.context["form"].errors
    assert "Grazie, ecco il dato." in page.content.decode()
    assert contact.messages.count() == 0


def test_a_message_about_what_was_closed_long_ago_opens_another_and_leads_there(client, customer):
    contact = ContactFactory(customer=customer, closed=True, started_at=timezone.now() - timedelta(days=90))
    assert client.get(reverse("portal_request", args=[contact.pk])).context["opens_another"]
    answer = write(client, contact)
    later = Contact.objects.get(continues=contact)
    assert answer.url == reverse("portal_request", args=[later.pk])
    assert later.customer == customer


def test_whether_it_was_resolved_is_asked_and_answered_once(client, customer):
    contact = ContactFactory(customer=customer, closed=True)
    SatisfactionSurveyFactory(contact=contact)
    here = reverse("portal_request", args=[contact.pk])
    assert client.get(here).context["survey_form"] is not None
    answer = client.post(reverse("portal_request_survey", args=[contact.pk]), {"resolved": "yes", "rating": "4"})
    assert answer.url == here
    assert client.get(here).context["survey_form"] is None
    client.post(reverse("portal_request_survey", args=[contact.pk]), {"resolved": "no"})
    contact.refresh_from_db()
    assert (contact.confirmed, contact.satisfaction) == (True, 4)


def test_an_answer_without_yes_or_no_is_asked_again(client, customer):
    contact = ContactFactory(customer=customer, closed=True)
    SatisfactionSurveyFactory(contact=contact)
    page = client.post(reverse("portal_request_survey", args=[contact.pk]), {"rating": "4"})
    assert page.status_code == 422
    assert "resolved" in page.context["survey_form"].errors


# --- Complaints ----------------------------------------------------------------------------------------------------
def test_a_complaint_shows_number_term_and_answer(client, customer):
    complaint = ComplaintFactory(customer=customer, answered=True)
    page = client.get(reverse("portal_complaint", args=[complaint.pk])).content.decode()
    assert complaint.number in page
    assert complaint.answer in page


def test_a_complaint_answered_with_reasons_shows_them(client, customer):
    complaint = ComplaintFactory(customer=customer, answered=True, reasons="Il conteggio segue la tariffa firmata.")
    page = client.get(reverse("portal_complaint", args=[complaint.pk])).content.decode()
    assert complaint.reasons in page


@pytest.mark.parametrize("name", ["portal_complaint", "portal_complaints", "reserved_area"])
def test_while_the_clock_stands_still_no_complaint_is_late(client, customer, name):
    today = timezone.localdate()
    complaint = ComplaintFactory(
        customer=customer, state=Complaint.State.SUSPENDED, received_on=today - timedelta(days=48)
    )
    SuspensionFactory(complaint=complaint, started_on=today - timedelta(days=5), ended_on=None)
    address = reverse(name, args=[complaint.pk] if name == "portal_complaint" else [])
    page = client.get(address).content.decode()
    assert written_day(today + timedelta(days=2)) in page
    assert "is-late" not in page


def test_the_letter_is_downloaded_as_it_was_sent(client, customer):
    letter = ComplaintLetterFactory(complaint__customer=customer)
    address = reverse("portal_complaint_letter", args=[letter.complaint_id])
    assert address in client.get(reverse("portal_complaint", args=[letter.complaint_id])).content.decode()
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"]) == (bytes(letter.pdf), "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="{letter.file_name}"'


def test_somebody_elses_letter_is_not_found(client):
    letter = ComplaintLetterFactory()
    assert client.get(reverse("portal_complaint_letter", args=[letter.complaint_id])).status_code == 404


def test_without_a_letter_there_is_no_file(client, customer):
    complaint = ComplaintFactory(customer=customer, answered=True)
    assert client.get(reverse("portal_complaint_letter", args=[complaint.pk])).status_code == 404


# --- Notices -------------------------------------------------------------------------------------------------------
def test_opening_a_notice_changes_nothing_and_pressing_read_does_for_good(client, customer):
    notice = inbox_notice(customer)
    client.get(reverse("portal_notice", args=[notice.pk]))
    assert Notice.objects.get().read_at is None
    client.post(reverse("portal_notice_read", args=[notice.pk]))
    first = Notice.objects.get().read_at
    client.post(reverse("portal_notice_read", args=[notice.pk]))
    assert Notice.objects.get().read_at == first is not None


def test_what_was_read_does_not_come_back_as_new_but_stays_in_its_room(client, customer):
    notice = inbox_notice(customer, read_at=timezone.now())
    assert list(client.get(reverse("reserved_area")).context["notices"]) == []
    assert client.get(reverse("portal_notices")).context["notices"] == [notice]


def test_the_menu_counts_what_is_unread(client, customer):
    inbox_notice(customer)
    inbox_notice(customer, read_at=timezone.now())
    assert client.get(reverse("portal_profile")).context["unread_notices"] == 1


def test_reading_by_script_answers_with_a_word(client, customer):
    notice = inbox_notice(customer)
    answer = client.post(reverse("portal_notice_read", args=[notice.pk]), headers={"HX-Request": "true"})
    assert (answer.status_code, "badge-state" in answer.content.decode()) == (200, True)


def test_a_letter_by_e_mail_is_not_marked_as_read(client, customer):
    notice = NoticeFactory(customer=customer)
    assert client.post(reverse("portal_notice_read", args=[notice.pk])).status_code == 404


@pytest.mark.parametrize(("event", "shown"), [(None, 0), ("given", 1), ("withdrawn", 0)])
def test_advertising_is_shown_to_people_who_consented(client, customer, event, shown):
    notice = inbox_notice(customer, is_promotional=True)
    if event:
        ConsentFactory(customer=customer, purpose="portal_advertising", channel="portal", event=event)
    assert len(client.get(reverse("portal_notices")).context["notices"]) == 0, "it has a place of its own"
    assert len(client.get(reverse("portal_offers")).context["notices"]) == shown
    found = client.get(reverse("portal_notice", args=[notice.pk])).status_code
    assert found == (200 if shown else 404)


def test_a_notice_that_still_waits_for_its_text_is_shown_as_it_would_be_written(client, customer):
    facts = {"policy": "P-77", "product": "Auto", "plate": "AB123CD", "line": "10", "is_first": False}
    facts |= {"due_on": "2026-12-31", "amount": "620.25"}
    notice = NoticeFactory(customer=customer, kind="instalment-due", words=facts, subject="", body_text="")
    assert "P-77" in client.get(reverse("portal_sent_notices")).content.decode()
    page = client.get(reverse("portal_notice", args=[notice.pk])).content.decode()
    assert "AB123CD" in page


def test_messages_about_the_sign_in_are_not_listed_and_links_not_shown(client, customer):
    NoticeFactory(customer=customer, kind="account-mail")
    link = NoticeFactory(customer=customer, kind="enrolment-link", body_text="https://x.example/segreto")
    assert client.get(reverse("portal_sent_notices")).context["notices"] == [link]
    assert "segreto" not in client.get(reverse("portal_notice", args=[link.pk])).content.decode()


def test_the_link_to_ones_own_request_stays_in_the_inbox(client, customer):
    link = "https://care.example/contatti/seguito/C-2026-000007/mfrggzdfmztwq2lknnwg23tpoa/"
    notice = inbox_notice(customer, kind="request-answered", body_text=f"Ecco la copia.\n{link}")
    assert f'href="{link}"' in client.get(reverse("portal_notice", args=[notice.pk])).content.decode()


# --- Profile -------------------------------------------------------------------------------------------------------
def test_the_language_is_chosen_for_pages_and_letters(client, account):
    client.post(reverse("portal_language"), {"language": "en"})
    account.user.refresh_from_db()
    assert (Customer.objects.get().language, account.user.language) == ("en", "en")
    assert '<html lang="en">' in client.get(reverse("portal_profile")).content.decode()


@pytest.mark.parametrize("language", ["", "xx", "it; path=/"])
def test_a_language_we_do_not_speak_changes_nothing(client, language):
    assert client.post(reverse("portal_language"), {"language": language}).status_code == 302
    assert Customer.objects.get().language == "it"


def test_who_opened_the_file_is_shown_by_role_without_a_name(client, customer):
    AccessLogFactory(customer=customer, user=UserFactory(role=roles.AGENT, last_name="Riservato"))
    page = client.get(reverse("portal_accesses"))
    assert [str(role) for _look, role in page.context["looks"]] == [str(roles.NAMES[roles.AGENT])]
    assert "Riservato" not in page.content.decode()


# --- What it costs -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("room", ROOMS)
def test_a_room_costs_the_same_at_one_row_and_at_three(client, customer, room):
    fill(customer)
    client.get(reverse(room))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(room))
    fill(customer)
    fill(customer)
    with CaptureQueriesContext(connection) as three:
        client.get(reverse(room))
    assert len(three) == len(one)
    assert len(one) <= 16


@pytest.mark.parametrize("policies", [1, 50])
def test_the_home_costs_at_most_twelve_queries_however_many_policies(client, customer, policies):
    for _turn in range(policies):
        fill(customer)
    client.get(reverse("reserved_area"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("reserved_area"))
    assert len(queries) <= 12, "\n".join(each["sql"][:120] for each in queries)


@pytest.mark.parametrize("room", ROOMS)
def test_no_page_runs_a_script_or_a_style_of_its_own(client, customer, room):
    fill(customer)
    page = client.get(reverse(room)).content.decode()
    assert "<script>" not in page
    assert " style=" not in page
    assert " onclick=" not in page


def test_the_conversation_on_a_claim_that_is_shown_stands_in_the_home_only_while_it_waits_for_the_customer():
    account = ReservedAreaAccountFactory()
    claim = ClaimFactory(customer=account.customer)
    contact = ContactFactory(customer=account.customer, claim=claim)
    other = ContactFactory(customer=account.customer)

    def shown():
        page = signed_in(account.user).get(reverse("reserved_area"))
        return {each.pk for each in page.context["contacts"]}

    assert shown() == {other.pk}
    Contact.objects.filter(pk=contact.pk).update(state="waiting")
    assert shown() == {contact.pk, other.pk}
    Contact.objects.filter(pk=contact.pk).update(state="open")
    claim.state = "closed"
    claim.save()
    assert shown() == {contact.pk, other.pk}
