"""What a message leads to: the link that counts, the offer, asking about it, and ending it all without a sign-in."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contact_center.models import CallBack, Contact
from contact_center.tests.factories import CallBackFactory
from customers.consents import is_in_force
from customers.models import Consent
from notifications.tests.factories import NoticeFactory
from notifications.unsubscribing import unsubscribe_url
from promotions.models import Promotion, Recipient, Visit
from promotions.offers.visits import MOST_KEPT, looks_like_machine
from promotions.results.query import results_of
from promotions.tests.factories import PromotionFactory, RecipientFactory, consent, willing

pytestmark = pytest.mark.django_db

SENT_AT = datetime(2026, 3, 10, 10, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(SENT_AT + timedelta(minutes=10), tick=False) as traveller:
        yield traveller


@pytest.fixture
def recipient():
    promotion = PromotionFactory(sending=True)
    customer = willing(promotion)
    return RecipientFactory(
        promotion=promotion,
        customer=customer,
        state="written",
        consent=Consent.objects.get(customer=customer),
        notice=NoticeFactory(customer=customer),
        written_at=SENT_AT,
    )


def address(name, recipient):
    return reverse(f"promotion_{name}", args=[recipient.key])


# --- The link -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("seconds", "program", "by_machine"),
    [
        (600, BROWSER, False),
        (30, BROWSER, False),
        (29, BROWSER, True),
        (600, "", True),
        (600, "Googlebot/2.1", True),
        (600, "python-requests/2.32", True),
        (600, "BarracudaScanner", True),
    ],
)
def test_a_visit_within_seconds_or_by_a_program_that_says_so_is_a_machines(seconds, program, by_machine):
    assert looks_like_machine(sent_at=SENT_AT, at=SENT_AT + timedelta(seconds=seconds), program=program) is by_machine


def test_the_link_counts_and_leads_to_the_offer(client, recipient):
    answer = client.get(address("link", recipient), headers={"User-Agent": BROWSER})
    assert answer.url == address("offer", recipient)
    assert Visit.objects.values_list("recipient", "by_machine").get() == (recipient.pk, False)
    page = client.get(answer.url)
    assert recipient.promotion.text in page.content.decode()
    assert Visit.objects.count() == 1


def test_a_scanner_that_follows_every_link_does_no_harm(client, recipient):
    for _time in range(MOST_KEPT + 5):
        client.get(address("link", recipient), headers={"User-Agent": "LinkScanner"})
    client.head(address("link", recipient))
    client.get(address("offer", recipient))
    client.get(path_of(recipient.customer))
    assert (Visit.objects.count(), Visit.objects.filter(by_machine=False).count()) == (MOST_KEPT, 0)
    assert Consent.objects.latest_first().first().event == Consent.Event.CONFIRMED


def test_a_key_that_was_never_sent_leads_nowhere(client):
    waiting = RecipientFactory()
    for name in ("link", "offer", "asked"):
        assert client.get(address(name, waiting)).status_code == 404


# --- Asking ---------------------------------------------------------------------------------------------------------
def ask(client, clock, recipient, **typed):
    form = client.get(address("offer", recipient)).context["form"]
    clock.shift(timedelta(seconds=10))
    body = {name: form[name].value() for name in ("submission_key", "opened")} | {"website": ""} | typed
    return client.post(address("offer", recipient), body)


def test_who_asks_opens_a_request_of_theirs_about_the_offer(client, recipient, clock):
    answer = ask(client, clock, recipient, text="Vale anche per il box?", phone="333 1112223")
    assert answer.url == address("asked", recipient)
    contact = Contact.objects.get()
    assert contact.customer == recipient.customer
    assert recipient.promotion.subject in contact.subject
    text = contact.messages.get().text
    assert "Vale anche per il box?" in text
    assert "+393331112223" in text
    recipient.refresh_from_db()
    assert recipient.contact == contact
    assert client.get(answer.url).status_code == 200


def test_who_has_no_mailbox_can_ask_too(client, recipient, clock):
    recipient.customer.contact_points.all().delete()
    assert ask(client, clock, recipient, phone="333 1112223").url == address("asked", recipient)
    assert Contact.objects.get().customer == recipient.customer


def test_the_same_form_twice_is_one_request(client, recipient, clock):
    form = client.get(address("offer", recipient)).context["form"]
    clock.shift(timedelta(seconds=10))
    body = {name: form[name].value() for name in ("submission_key", "opened")} | {"website": "", "text": "?"}
    for _time in range(2):
        client.post(address("offer", recipient), body)
    assert Contact.objects.count() == 1


def test_a_filled_trap_and_a_wrong_number_open_nothing(client, recipient, clock):
    ask(client, clock, recipient, website="x")
    answer = ask(client, clock, recipient, phone="nessuno")
    assert "phone" in answer.context["form"].errors
    assert not Contact.objects.exists()


# --- An hour to be called at ----------------------------------------------------------------------------------------
def test_who_chooses_an_hour_is_called_then_about_the_offer(client, recipient, clock):
    slot = client.get(address("offer", recipient)).context["form"].slots[3]
    answer = ask(client, clock, recipient, text="?", phone="333 1112223", slot=slot.start.isoformat())
    assert answer.url == address("asked", recipient)
    call_back = CallBack.objects.get()
    assert (call_back.customer, call_back.starts_at, call_back.phone) == (
        recipient.customer,
        slot.start,
        "+393331112223",
    )
    contact = Contact.objects.get()
    assert (contact.call_back, contact.due_at, contact.channel) == (call_back, slot.start, "site_form")
    assert recipient.promotion.subject in contact.messages.get().text
    recipient.refresh_from_db()
    assert recipient.contact == contact
    assert client.get(answer.url).context["call_back"] == call_back
    assert results_of(recipient.promotion).asked == 1


def test_an_hour_needs_a_number_and_a_number_no_hour(client, recipient, clock):
    slot = client.get(address("offer", recipient)).context["form"].slots[0].start.isoformat()
    assert "phone" in ask(client, clock, recipient, slot=slot).context["form"].errors
    assert "slot" in ask(client, clock, recipient, slot="2026-03-15T10:00", phone="333 1112223").context["form"].errors
    assert not Contact.objects.exists()
    ask(client, clock, recipient, phone="333 1112223")
    assert not CallBack.objects.exists()
    assert Contact.objects.count() == 1


def test_an_hour_that_came_too_near_while_the_form_was_filled_in_is_still_the_readers(client, recipient, clock):
    start = client.get(address("offer", recipient)).context["form"].slots[0].start
    clock.move_to(start - timedelta(minutes=29, seconds=50))
    assert start not in {each.start for each in client.get(address("offer", recipient)).context["form"].slots}
    ask(client, clock, recipient, phone="333 1112223", slot=start.isoformat())
    assert CallBack.objects.get().starts_at == start


def test_a_full_hour_is_refused_in_words_and_what_was_typed_is_kept(client, recipient, clock, settings):
    settings.CALL_BACKS_PER_SLOT = 1
    form = client.get(address("offer", recipient)).context["form"]
    start = form.slots[0].start
    CallBackFactory(starts_at=start, ends_at=start + timedelta(minutes=30))
    clock.shift(timedelta(seconds=10))
    typed = {"website": "", "text": "Vale?", "phone": "333 1112223", "slot": start.isoformat()}
    body = {name: form[name].value() for name in ("submission_key", "opened")} | typed
    again = client.post(address("offer", recipient), body).context["form"]
    assert "slot" in again.errors
    assert again["text"].value() == "Vale?"
    assert CallBack.objects.count() == 1


def test_the_page_shows_no_number_of_the_customer(client, recipient):
    recipient.customer.contact_points.create(kind="phone", value="+393337776665")
    assert "333 777 6665" not in client.get(address("offer", recipient)).content.decode()


def test_an_offer_that_is_over_says_so(client, recipient):
    assert not client.get(address("offer", recipient)).context["is_past"]
    Promotion.objects.filter(pk=recipient.promotion_id).update(not_after=SENT_AT + timedelta(minutes=1))
    assert client.get(address("offer", recipient)).context["is_past"]


# --- Ending it ------------------------------------------------------------------------------------------------------
def path_of(customer, purpose="agency_promotions"):
    return "/" + unsubscribe_url(customer.pk, purpose).split("/", 3)[3]


def standing(customer):
    """The (purpose, channel) that may be used."""
    rows = Consent.objects.filter(customer=customer).in_force()
    return {(each.purpose, each.channel) for each in rows if is_in_force(each.event, purpose=each.purpose)}


@pytest.fixture
def customer(recipient):
    """With four consents: two of the agency, one of the company, one to advertising in the reserved area."""
    person = recipient.customer
    consent(person, channel="sms")
    consent(person, purpose="marketing")
    consent(person, "given", purpose="portal_advertising", channel="portal")
    return person


def test_one_press_of_a_mail_program_ends_the_mails_of_its_kind(customer):
    client = Client(enforce_csrf_checks=True)
    assert client.get(path_of(customer)).status_code == 200
    assert len(standing(customer)) == 4
    for _time in range(2):
        assert client.post(path_of(customer), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert standing(customer) == {
        ("agency_promotions", "sms"),
        ("marketing", "email"),
        ("portal_advertising", "portal"),
    }
    assert Consent.objects.latest_first().first().source == Consent.Source.UNSUBSCRIBE


def test_the_page_ends_what_was_chosen_and_all_at_once(client, customer):
    client.post(path_of(customer), {"choice": ["agency_promotions:sms", "portal_advertising:portal"]})
    assert standing(customer) == {("agency_promotions", "email"), ("marketing", "email")}
    client.post(path_of(customer), {"all": "yes"})
    assert standing(customer) == set()


def test_who_never_consented_can_refuse_to_be_written_to(client, customer):
    other = willing(PromotionFactory())
    client.post(path_of(other, "marketing"))
    last = Consent.objects.filter(customer=other, purpose="marketing").latest_first().first()
    assert last.event == Consent.Event.WITHDRAWN


def test_results_count_who_unsubscribed_by_the_link(client, customer, recipient):
    client.post(path_of(customer))
    assert results_of(Promotion.objects.get(pk=recipient.promotion_id)).unsubscribed == 1
    assert Recipient.objects.get().state == "written"
