"""What a person thinks is seen on their file, and what waits on the first page: for people who may read opinions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from complaints.feedback.on_the_file import SHOWN, FeedbackPanel, waiting_panel
from complaints.feedback.tiles import tiles
from complaints.models import Feedback
from complaints.tests.factories import ComplaintFactory, FeedbackFactory
from contact_center.desk.card import CardSubject
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.tests.factories import AgencyMemberFactory, CustomerFactory, UserFactory
from foundation.tests.database import as_new

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = "admin:complaints_feedback_changelist"


@pytest.fixture
def customer():
    return CustomerFactory()


def signed_in(role) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(UserFactory.create(role=role))
    return client


def ago(**length):
    return timezone.now() - timedelta(**length)


def file_of(client, customer):
    return client.get(reverse("admin:customers_customer_change", args=[customer.pk]))


def panel_of(client, customer):
    """The panel of opinions on the customer's file; None where it is not there."""
    shown = file_of(client, customer).context["inline_admin_formsets"]
    return next((each for each in shown if isinstance(each.opts, FeedbackPanel)), None)


def opinions_in(panel) -> list[Feedback]:
    return [form.instance for form in panel.formset.forms]


def came_of(client, feedback) -> str:
    """What the panel says came of the opinion."""
    panel = panel_of(client, feedback.customer)
    with translation.override("en"):
        return str(panel.opts.came_of_it(opinions_in(panel)[0]))


# --- The panel of the file
def test_the_file_shows_the_persons_opinions_the_newest_first_and_few(customer):
    given = [FeedbackFactory(customer=customer, received_at=ago(days=days)) for days in range(7)]
    FeedbackFactory()
    assert opinions_in(panel_of(signed_in(roles.AGENT), customer)) == given[:5]


@pytest.mark.parametrize(
    "role", [roles.AGENT, roles.SPECIALIST, roles.COMPLAINT_OFFICER, roles.MANAGER, roles.AUDITOR]
)
def test_whoever_may_read_opinions_sees_them(customer, role):
    feedback = FeedbackFactory(customer=customer)
    assert opinions_in(panel_of(signed_in(role), customer)) == [feedback]


def test_an_agency_sees_nothing_of_what_its_customers_think():
    member = AgencyMemberFactory()
    customer = CustomerFactory(agency=member.agency)
    FeedbackFactory(customer=customer, text="Turmalinici")
    client = Client()
    client.force_login(member.user)
    assert panel_of(client, customer) is None
    assert "Turmalinici" not in file_of(client, customer).content.decode()


def test_one_that_waits_says_by_when_it_is_answered(customer):
    client = signed_in(roles.AGENT)
    feedback = FeedbackFactory(customer=customer, due_at=timezone.now() + timedelta(days=1))
    assert came_of(client, feedback) == "to be answered by: 5 May 2026, 10:00"
    Feedback.objects.update(due_at=ago(days=1))
    assert came_of(client, feedback) == "past the target: 3 May 2026, 10:00"


def test_one_that_was_closed_says_what_came_of_it(customer):
    feedback = FeedbackFactory(customer=customer, closed=True, outcome="changed", outcome_words="Menu più corto.")
    assert came_of(signed_in(roles.AGENT), feedback) == "something was changed or put right · Menu più corto."


def test_one_that_became_a_request_leads_to_it(customer):
    contact = ContactFactory(customer=customer)
    feedback = FeedbackFactory(customer=customer, state="contact", contact=contact)
    address = reverse("admin:contact_center_contact_change", args=[contact.pk])
    assert came_of(signed_in(roles.AGENT), feedback) == f'<a href="{address}" class="vc-link">{contact.number}</a>'


def test_one_that_became_a_complaint_leads_there_only_people_who_read_the_register(customer):
    complaint = ComplaintFactory(customer=customer)
    feedback = FeedbackFactory(customer=customer, state="complaint", complaint=complaint)
    assert complaint.number in came_of(signed_in(roles.COMPLAINT_OFFICER), feedback)
    assert came_of(signed_in(roles.AGENT), feedback) == "–"


def test_its_words_are_masked_for_a_reader_who_needs_no_numbers(customer):
    FeedbackFactory(customer=customer, text="Chiamatemi al 347 192 8374")
    assert "347 192 8374" in file_of(signed_in(roles.AGENT), customer).content.decode()
    assert "347 192 8374" not in file_of(signed_in(roles.MANAGER), customer).content.decode()


def test_the_file_costs_the_same_with_one_opinion_and_with_three(customer):
    client = signed_in(roles.COMPLAINT_OFFICER)
    counts = []
    for number in (1, 3):
        while Feedback.objects.count() < number:
            contact, complaint = ContactFactory(customer=customer), ComplaintFactory(customer=customer)
            FeedbackFactory(customer=customer, closed=True, contact=contact, complaint=complaint)
        file_of(client, customer)
        with CaptureQueriesContext(connection) as captured:
            panel_of(client, customer)
        counts.append(sum("complaints_feedback" in query["sql"] for query in captured))
    assert counts == [3, 3]  # those that wait, how many there are, and the newest


def test_the_file_leads_to_the_list_with_the_persons_opinions_alone():
    customer = CustomerFactory(pk=642_141)
    client, given = signed_in(roles.AGENT), [FeedbackFactory(customer=customer, closed=True)]
    FeedbackFactory(closed=True)
    address = f"{reverse(LIST)}?work=all&amp;customer={customer.pk}"
    assert f'href="{address}"' in file_of(client, customer).content.decode()
    page = client.get(reverse(LIST), {"work": "all", "customer": customer.pk})
    assert list(page.context["cl"].result_list) == given
    assert customer.code in page.content.decode()


@pytest.mark.parametrize("cut_at", range(len("Verdirame") + 1))
def test_half_a_name_is_not_left_by_the_end_of_what_is_shown(cut_at):
    customer = CustomerFactory(last_name="Verdirame")
    feedback = FeedbackFactory(customer=customer, text="x" * (SHOWN - cut_at - 1) + " Verdirame telefona.")
    client = signed_in(roles.MANAGER)
    for page in (client.get(reverse(LIST), {"work": "all"}), file_of(client, customer)):
        shown = page.content.decode()
        assert f"{feedback.text[: SHOWN - cut_at - 1]} " in shown or page.status_code == 403
        assert cut_at < 2 or f"x {'Verdirame'[:cut_at]}" not in shown


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30, "-1", ""])
def test_a_customer_that_there_is_not_narrows_nothing(asked):
    feedback = FeedbackFactory()
    assert list(signed_in(roles.AGENT).get(reverse(LIST), {"customer": asked}).context["cl"].result_list) == [feedback]


# --- The head of the file
def rows_of(customer, reader):
    with translation.override("en"):
        panel = waiting_panel(CardSubject(customer, reader, timezone.localdate()))
    return panel if panel is None else panel.rows


def test_the_head_of_the_file_has_what_nobody_has_answered_the_oldest_first(customer):
    late = FeedbackFactory(customer=customer, received_at=ago(days=3), due_at=ago(days=1), text="Lenta.")
    FeedbackFactory(customer=customer, text="")
    FeedbackFactory(customer=customer, answered=True)
    FeedbackFactory()
    first, second = rows_of(customer, UserFactory(role=roles.AGENT))
    assert (first.text, first.hint, first.tone) == ("2/5 · Lenta.", "past the target: 3 May 2026, 10:00", "bad")
    assert first.url == reverse("admin:complaints_feedback_change", args=[late.pk])
    assert (second.text, second.hint, second.tone) == ("2/5", "received 4 May 2026, 10:00", "warn")


def test_the_head_of_the_file_says_nothing_to_people_who_may_not_read_opinions(customer):
    FeedbackFactory(customer=customer)
    assert rows_of(customer, UserFactory(role=roles.AGENCY_MEMBER)) is None
    assert rows_of(CustomerFactory(), UserFactory(role=roles.AGENT)) == []


# --- The first page
def tile_of(user):
    with translation.override("en"):
        return [(tile.value, tile.hint, tile.url, tile.tone) for tile in tiles(user)]


@pytest.mark.parametrize("role", [roles.AGENT, roles.SPECIALIST, roles.COMPLAINT_OFFICER])
def test_the_first_page_counts_what_waits_and_what_is_past_its_target(role):
    user = UserFactory(role=role)
    assert tile_of(user) == [("0", "None is past its target", f"{reverse(LIST)}?work=open", "good")]
    FeedbackFactory(due_at=timezone.now() + timedelta(hours=1))
    FeedbackFactory(closed=True)
    assert tile_of(user) == [("1", "None is past its target", f"{reverse(LIST)}?work=open", "warn")]
    FeedbackFactory(due_at=ago(hours=1))
    assert tile_of(user) == [("2", "1 is past its target", f"{reverse(LIST)}?work=late", "bad")]


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.AGENCY_MEMBER, roles.CAMPAIGN_AUTHOR])
def test_people_who_answer_no_opinions_have_no_tile(role):
    FeedbackFactory()
    assert tile_of(UserFactory(role=role)) == []


def test_the_tile_is_one_question_of_the_index_of_what_waits():
    user = UserFactory(role=roles.AGENT)
    assert user.has_perm("complaints.change_feedback")  # read once
    as_new(Feedback)
    FeedbackFactory()
    FeedbackFactory.create_batch(200, closed=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_feedback")
    with CaptureQueriesContext(connection) as captured:
        tiles(user)
    (asked,) = (query["sql"] for query in captured)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked}")
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert "feedback_unanswered" in plan
