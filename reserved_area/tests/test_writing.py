"""A customer writes to us without leaving the reserved area: who they are is known, and their policies are to be chosen."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from complaints.tests.factories import ComplaintFactory
from contact_center.models import Contact, TopicQuestion
from contact_center.tests.factories import ContactFactory, TopicFactory, TopicQuestionFactory
from contact_center.tests.public_forms import filled, guard
from customers.tests.factories import PolicyFactory, ReservedAreaAccountFactory

pytestmark = pytest.mark.django_db

WRITE = "/area-riservata/richieste/nuova/"


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def client(account):
    client = Client(headers={"accept-language": "en"})
    client.force_login(account.user)
    return client


def written(settings, **given):
    return {
        **guard(),
        "subject": "Copia",
        "text": "Vorrei una copia.",
        "email": "anna@example.it",
        "privacy_version": settings.PRIVACY_NOTICE_VERSION,
        **given,
    }


@pytest.mark.parametrize("room", ["reserved_area", "portal_requests"])
def test_each_room_leads_to_the_choice_of_the_topic_and_that_to_the_free_form(client, room):
    topics = reverse("portal_write_guided")
    assert f'href="{topics}"' in client.get(reverse(room)).content.decode()
    assert f'href="{WRITE}"' in client.get(topics).content.decode()


@pytest.mark.parametrize("name", ["portal_write", "portal_write_guided", "portal_complaint_form"])
def test_the_menu_of_the_reserved_area_stays(client, name):
    page = client.get(reverse(name)).content.decode()
    assert 'class="rooms"' in page
    assert "/contatti/richiesta/" not in page


def test_name_and_tax_code_are_not_asked_and_are_kept(client, account, settings):
    form = client.get(WRITE).context["form"]
    assert {"name", "tax_code"} & set(form.fields) == set()
    answer = client.post(WRITE, written(settings))
    contact = Contact.objects.get()
    assert answer.url == reverse("portal_request", args=[contact.pk])
    assert (contact.customer, contact.channel) == (account.customer, Contact.Channel.PORTAL)
    assert (contact.web_form.name, contact.web_form.tax_code) == ("Maria Rossi", account.customer.tax_code)


def test_the_policy_is_chosen_among_ones_own(client, account, settings):
    mine, theirs = PolicyFactory(holder=account.customer), PolicyFactory()
    form = client.get(f"{WRITE}?polizza={mine.number}").context["form"]
    assert [value for value, _label in form.fields["policy_number"].choices] == ["", mine.number]
    assert form["policy_number"].value() == mine.number
    assert client.post(WRITE, written(settings, policy_number=theirs.number)).status_code == 200
    client.post(WRITE, written(settings, policy_number=mine.number))
    assert Contact.objects.get().web_form.policy_number == mine.number


def test_a_guided_request_offers_ones_own_policies_too(client, account, settings):
    policy = PolicyFactory(holder=account.customer)
    topic = TopicFactory(is_public=True)
    TopicQuestionFactory(topic=topic, code="polizza", kind=TopicQuestion.Kind.POLICY_NUMBER, required=True)
    page = f"{reverse('portal_write_guided')}?argomento={topic.code}"
    form = client.get(page).context["form"]
    assert [value for value, _label in form.fields["q-polizza"].choices] == ["", policy.number]
    client.post(page, written(settings, **{"q-polizza": policy.number}))
    contact = Contact.objects.get()
    assert (contact.topic, contact.web_form.policy_number) == (topic, policy.number)


def test_asking_for_a_change_of_ones_data_begins_with_that_subject(client):
    page = client.get(reverse("portal_profile")).content.decode()
    address = re.search(r'href="([^"]*per=dati)"', page)[1]
    assert client.get(address).context["form"]["subject"].value() == "Change of my data"
    assert client.get(f"{WRITE}?per=altro").context["form"]["subject"].value() == ""


def test_a_complaint_is_made_there_too_and_leads_to_its_page(client, account):
    page = reverse("portal_complaint_form")
    form = client.get(page).context["form"]
    known = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(
        page,
        known
        | guard()
        | {"complainant_kind": "policyholder", "proposer_kind": "interested", "subject": "Premio", "text": "Troppo."},
    )
    complaint = Complaint.objects.get()
    assert (complaint.customer, answer.url) == (account.customer, reverse("portal_complaint", args=[complaint.pk]))


def test_who_is_not_enrolled_does_not_write_there(settings):
    account = ReservedAreaAccountFactory(state="suspended")
    client = Client()
    client.force_login(account.user)
    assert client.post(WRITE, written(settings)).status_code == 403
    assert not Contact.objects.exists()


def test_a_customer_who_writes_on_the_public_page_is_known_too(client, account):
    client.post(reverse("open_request"), filled())
    contact = Contact.objects.get()
    assert (contact.customer, contact.channel) == (account.customer, Contact.Channel.SITE_FORM)


# --- Late is shown as late
def test_an_overdue_request_is_shown_as_late_in_the_home_and_in_the_list(client, account):
    ContactFactory(customer=account.customer, due_at=timezone.now() - timedelta(days=3))
    for room in ("reserved_area", "portal_requests"):
        assert "we are late: the answer was due by" in client.get(reverse(room)).content.decode()


def test_a_complaint_past_its_term_is_shown_as_late(client, account):
    ComplaintFactory(customer=account.customer, received_on=timezone.localdate() - timedelta(days=50))
    for room in ("reserved_area", "portal_complaints"):
        assert "we are late" in client.get(reverse(room)).content.decode()
