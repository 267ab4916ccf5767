"""A customer writes to us without leaving the reserved area: who they are is known, and their policies are to be chosen."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from complaints.tests.factories import ComplaintFactory
from contact_center.models import AnsweredBeforehand, Contact, Topic, TopicQuestion
from contact_center.tests.factories import ContactFactory, TopicFactory, TopicQuestionFactory
from contact_center.tests.public_forms import filled, guard
from customers.models import Document
from customers.tests.factories import (
    ContactPointFactory,
    DocumentFactory,
    InstalmentFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
)

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


def test_a_policy_that_covers_one_under_anothers_contract_can_be_chosen(client, account, settings):
    number = PolicyAdherentFactory(customer=account.customer).policy.number
    client.post(WRITE, written(settings, policy_number=number))
    assert Contact.objects.get().web_form.policy_number == number


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


# --- What is known is shown, and asked again only by people who want another
def test_where_the_answer_goes_is_shown_and_can_be_changed(client, account, settings):
    ContactPointFactory(customer=account.customer, kind="phone", value="+393331234567")
    page = client.get(WRITE).content.decode()
    assert f'<dd dir="auto">{account.user.email}</dd>' in page
    assert '<dd dir="auto">333 123 4567</dd>' in page
    assert '<details class="change">' in page
    client.post(WRITE, written(settings, email="altra@example.it"))
    assert Contact.objects.get().web_form.email == "altra@example.it"


def test_a_wrong_address_opens_what_was_folded(client, settings):
    page = client.post(WRITE, written(settings, email="non un indirizzo")).content.decode()
    assert '<details class="change" open>' in page


@pytest.mark.parametrize(("number", "tag"), [(2, "input"), (7, "select")])
def test_a_few_policies_are_cards_and_many_are_a_list(client, account, number, tag):
    for _turn in range(number):
        PolicyFactory(holder=account.customer)
    assert re.search(rf"<{tag}[^>]* name=\"policy_number\"", client.get(WRITE).content.decode())


# --- What can be answered is shown before anything is written
@pytest.fixture
def topic():
    return TopicFactory(is_public=True, area=Topic.Area.PAYMENTS, code="quanto-devo")


@pytest.fixture
def owed(account):
    policy = PolicyFactory(holder=account.customer, product="Casa", plate="", ramo="8")
    return InstalmentFactory(policy=policy, due_on=timezone.localdate() + timedelta(days=9)).policy


def answer_page(topic, **more):
    return f"{reverse('portal_answer')}?{urlencode({'argomento': topic.code, **more})}"


def press(client, page, helped, **more):
    key = client.get(page).context["form"]["submission_key"].value()
    return client.post(page, {"helped": helped, "submission_key": key, **more})


def test_a_topic_leads_to_what_is_due_with_the_way_to_its_policy(client, topic, owed):
    topics = client.get(reverse("portal_write_guided")).content.decode()
    assert f'href="{answer_page(topic)}"' in topics
    page = client.get(answer_page(topic)).content.decode()
    assert "Casa: " in page
    assert f'href="{reverse("portal_policy", args=[owed.pk])}"' in page


def test_papers_that_are_here_answer_who_asks_for_papers(client, owed):
    papers = Topic.objects.get(code="policy-documents")
    conditions = DocumentFactory(policy=owed, kind=Document.Kind.CONDITIONS, title="Condizioni di polizza")
    DocumentFactory()
    answers = client.get(answer_page(papers)).context["answers"]
    assert [(each.title, each.pk) for each in answers if each.about == "document"] == [
        ("Condizioni di polizza", conditions.pk)
    ]
    page = client.get(answer_page(papers, polizza=owed.number)).content.decode()
    assert f'href="{reverse("portal_document", args=[conditions.pk])}"' in page


def test_from_the_page_of_a_policy_the_policy_is_chosen_already(client, topic, owed):
    page = client.get(reverse("portal_policy", args=[owed.pk])).content.decode()
    topics = f"{reverse('portal_write_guided')}?polizza={owed.number}"
    assert f'href="{topics}"' in page
    leads_to = f"{reverse('portal_answer')}?argomento={topic.code}&amp;polizza={owed.number}"
    assert f'href="{leads_to}"' in client.get(topics).content.decode()
    assert client.get(leads_to.replace("&amp;", "&")).context["policy"] == owed


def test_this_is_what_i_needed_ends_it_and_is_counted(client, topic, owed):
    answer = press(client, answer_page(topic, polizza=owed.number), "yes")
    counted = AnsweredBeforehand.objects.get()
    assert (answer.url, counted.topic, counted.ramo, counted.helped) == (reverse("reserved_area"), topic, "8", True)
    assert not Contact.objects.exists()


def test_i_still_want_to_write_goes_on_with_topic_and_policy_filled_in(client, topic, owed):
    TopicQuestionFactory(topic=topic, code="polizza", kind=TopicQuestion.Kind.POLICY_NUMBER, required=True)
    answer = press(client, answer_page(topic, polizza=owed.number), "no")
    assert answer.url == f"{reverse('portal_write_guided')}?argomento=quanto-devo&polizza={owed.number}"
    form = client.get(answer.url).context["form"]
    assert (form.topic, form["q-polizza"].value()) == (topic, owed.number)
    assert AnsweredBeforehand.objects.get().helped is False


def test_a_press_sent_twice_is_counted_once(client, topic, owed):
    page = answer_page(topic)
    key = client.get(page).context["form"]["submission_key"].value()
    for _turn in range(2):
        assert client.post(page, {"helped": "yes", "submission_key": key}).status_code == 302
    assert AnsweredBeforehand.objects.count() == 1


@pytest.mark.parametrize("given", [{}, {"helped": "maybe"}, {"helped": "yes", "submission_key": "x"}])
def test_what_is_neither_yes_nor_no_is_asked_again(client, topic, owed, given):
    assert client.post(answer_page(topic), given).status_code == 422
    assert not AnsweredBeforehand.objects.exists()


def test_looking_counts_nothing(client, topic, owed):
    client.get(answer_page(topic))
    assert not AnsweredBeforehand.objects.exists()


def test_where_nothing_can_be_told_the_form_comes_at_once(client):
    quote = TopicFactory(is_public=True, area=Topic.Area.COMMERCIAL)
    assert client.get(answer_page(quote)).url == f"{reverse('portal_write_guided')}?argomento={quote.code}"


def test_a_topic_that_is_not_offered_leads_back_to_the_choice(client, topic):
    for code in ("nessuno", TopicFactory().code, "\0", "x" * 10_000):
        page = f"{reverse('portal_answer')}?{urlencode({'argomento': code})}"
        assert client.get(page).url == reverse("portal_write_guided")


def test_somebody_elses_policy_is_as_if_none_was_chosen(client, topic, owed):
    theirs = PolicyFactory()
    page = client.get(answer_page(topic, polizza=theirs.number))
    assert page.context["policy"] is None
    assert theirs.number not in page.content.decode().partition("<main")[2]


# --- Late is shown as late
def test_an_overdue_request_is_shown_as_late_in_the_home_and_in_the_list(client, account):
    ContactFactory(customer=account.customer, due_at=timezone.now() - timedelta(days=3))
    for room in ("reserved_area", "portal_requests"):
        assert "we are late: the answer was due by" in client.get(reverse(room)).content.decode()


def test_a_complaint_past_its_term_is_shown_as_late(client, account):
    ComplaintFactory(customer=account.customer, received_on=timezone.localdate() - timedelta(days=50))
    for room in ("reserved_area", "portal_complaints"):
        assert "we are late" in client.get(reverse(room)).content.decode()
