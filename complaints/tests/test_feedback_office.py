"""Opinions in the back office: what waits by age, the commands of an opinion, the themes, the page of figures."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint, Feedback, FeedbackTheme
from complaints.tests.factories import (
    ComplaintFactory,
    FeedbackFactory,
    FeedbackThemeFactory,
    StoreRatingsFactory,
    ThemeMeasureFactory,
)
from customers import roles
from customers.tests.factories import ContactPointFactory, CustomerFactory, UserFactory
from foundation.tests.pages import send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db
LIST = "admin:complaints_feedback_changelist"


def signed_in(role) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(UserFactory.create(role=role))
    return client


@pytest.fixture
def client(clock):
    return signed_in(roles.AGENT)


@pytest.fixture
def customer():
    return ContactPointFactory(customer=CustomerFactory(), kind="email", value="anna@example.it").customer


def listed(client, **asked):
    return list(client.get(reverse(LIST), asked).context["cl"].result_list)


def command(feedback, name) -> str:
    return reverse("admin:complaints_feedback_command", args=[feedback.pk, name])


def buttons(client, feedback) -> list[str]:
    page = client.get(reverse("admin:complaints_feedback_change", args=[feedback.pk]))
    return [button.name for button in page.context["command_buttons"]]


# --- The list ---------------------------------------------------------------------------------------------------------
def test_what_waits_stands_first_the_oldest_before_the_others(client):
    now = timezone.now()
    newer, older = (FeedbackFactory(received_at=now - timedelta(days=days)) for days in (1, 9))
    FeedbackFactory(closed=True)
    FeedbackFactory(answered=True)
    assert listed(client) == [older, newer]
    assert len(listed(client, work="all")) == 4


def test_ages_are_counted_and_lead_to_their_part_of_the_list(client):
    now = timezone.now()
    for days in (0, 2, 40):
        FeedbackFactory(received_at=now - timedelta(days=days), due_at=now - timedelta(hours=1) if days else None)
    FeedbackFactory(received_at=now - timedelta(days=40), closed=True)
    ages = client.get(reverse(LIST)).context["ages"]
    assert [(each["waiting"].number, each["waiting"].late) for each in ages] == [
        (1, 0),
        (1, 1),
        (0, 0),
        (0, 0),
        (1, 1),
    ]
    page = client.get(reverse(LIST) + ages[-1]["url"])
    assert [row.received_at for row in page.context["cl"].result_list] == [now - timedelta(days=40)]


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"source": "google_play"}, {"at_store": True}),
        ({"rating": "5"}, {"rating": 5}),
        ({"rating": "none"}, {"at_store": True, "rating": None}),
        ({"version": "4.12.1"}, {"app_version": "4.12.1"}),
        ({"work": "late"}, {"due_at": datetime(2026, 5, 3, tzinfo=UTC)}),
        ({"work": "to_post"}, {"at_store": True, "answered": True}),
        ({"work": "to_close"}, {"answered": True}),
    ],
)
def test_the_list_is_narrowed(client, asked, fields):
    FeedbackFactory(due_at=datetime(2026, 5, 9, tzinfo=UTC))
    wanted = FeedbackFactory(**fields)
    assert listed(client, **{"work": "all", **asked}) == [wanted]


def test_the_list_is_narrowed_to_a_theme(client):
    login = FeedbackTheme.objects.get(code="login")
    FeedbackFactory()
    wanted = FeedbackFactory(theme=login)
    assert listed(client, theme="login") == [wanted]
    assert listed(client, work="not_themed") != [wanted]


@pytest.mark.parametrize("asked", [{"customer__last_name__startswith": "B"}, {"text__contains": "x"}])
def test_a_part_of_the_address_that_no_filter_shows_is_refused(client, asked):
    FeedbackFactory()
    assert client.get(reverse(LIST), asked).status_code == 400


@pytest.mark.parametrize(
    "asked", [{"age": "x"}, {"rating": "9"}, {"source": "fax"}, {"version": "x" * 500}, {"theme": "-"}]
)
def test_a_filter_of_no_known_value_shows_everything(client, asked):
    feedback = FeedbackFactory()
    assert listed(client, **asked) == [feedback]


# --- An opinion -------------------------------------------------------------------------------------------------------
def test_an_opinions_page_costs_the_same_with_one_event_and_with_three(client, customer):
    feedback = FeedbackFactory(customer=customer)
    address = reverse("admin:complaints_feedback_change", args=[feedback.pk])
    feedback.events.create(kind="themed", details={"to": "login"})
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for details in ({"from": "login", "to": "bugs"}, {"from": "bugs"}):
        feedback.events.create(kind="themed", details=details)
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)


def test_buttons_follow_from_the_state(client, customer):
    assert buttons(client, FeedbackFactory(customer=customer)) == [
        "tema",
        "rispondi",
        "richiesta",
        "reclamo",
        "chiudi",
        "non-reclamo",
    ]
    assert buttons(client, FeedbackFactory(customer=None)) == ["tema", "reclamo", "chiudi", "non-reclamo"]
    assert buttons(client, FeedbackFactory(customer=customer, answered=True)) == [
        "tema",
        "rispondi",
        "richiesta",
        "reclamo",
        "chiudi",
        "non-reclamo",
    ]
    assert buttons(client, FeedbackFactory(at_store=True, answered=True)) == [
        "tema",
        "rispondi",
        "pubblicata",
        "reclamo",
        "chiudi",
        "non-reclamo",
    ]
    assert buttons(client, FeedbackFactory(closed=True)) == ["tema", "riapri", "non-reclamo"]
    assert buttons(client, FeedbackFactory(closed=True, text="", outcome="only_stars")) == ["riapri"]


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR])
def test_a_person_who_only_reads_has_no_button(clock, role):
    assert buttons(signed_in(role), FeedbackFactory()) == []


def test_the_theme_is_suggested_with_its_reason_and_that_nothing_was_measured(client, customer):
    feedback = FeedbackFactory(customer=customer, text="La password non funziona")
    page = client.get(command(feedback, "tema"))
    assert page.context["form"]["theme"].value() == FeedbackTheme.objects.get(code="login").pk
    text = page.content.decode()
    assert "“password”" in text
    assert "not measured yet" in text
    send_command(client, command(feedback, "tema"), {"theme": FeedbackTheme.objects.get(code="bugs").pk})
    feedback.refresh_from_db()
    assert feedback.theme.code == "bugs"
    assert feedback.events.get().details == {"to": "bugs", "suggested": "login"}


def test_the_accuracy_that_was_measured_is_stated_with_its_base(client):
    ThemeMeasureFactory()
    text = client.get(command(FeedbackFactory(), "tema")).content.decode()
    assert "right for 6 of 10 later opinions (60%)" in text
    assert "right for 40%" in text


def test_a_theme_that_has_ended_is_not_offered(client):
    ended = FeedbackThemeFactory(valid_to=timezone.localdate() - timedelta(days=1))
    feedback = FeedbackFactory()
    assert ended not in client.get(command(feedback, "tema")).context["form"].fields["theme"].queryset
    Feedback.objects.filter(pk=feedback.pk).update(theme=ended)
    assert ended in client.get(command(feedback, "tema")).context["form"].fields["theme"].queryset


def test_an_answer_is_written_and_sent(client, customer):
    feedback = FeedbackFactory(customer=customer)
    send_command(client, command(feedback, "rispondi"), {"text": "Grazie, provvediamo."})
    feedback.refresh_from_db()
    assert (feedback.state, Notice.objects.get().kind) == ("answered", "feedback-answered")


def test_an_answer_from_a_page_that_is_older_than_the_opinion_is_not_sent(client, customer):
    feedback = FeedbackFactory(customer=customer)
    page = client.get(command(feedback, "rispondi"))
    Feedback.objects.filter(pk=feedback.pk).update(version=2)
    answer = client.post(
        command(feedback, "rispondi"), {"text": "Grazie.", "seen_version": page.context["seen_version"]}
    )
    assert (answer.status_code, Notice.objects.exists()) == (409, False)
    assert "Grazie." in answer.content.decode()


def test_a_complaint_of_it_is_registered_with_the_day_of_the_opinion(client, customer):
    feedback = FeedbackFactory(customer=customer, received_at=timezone.now() - timedelta(days=10))
    page = client.get(command(feedback, "reclamo"))
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if name != "about_conduct"}
    sent |= {"complainant_kind": "insured", "proposer_kind": "interested"}  # as a browser chooses the first
    answer = send_command(client, command(feedback, "reclamo"), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    complaint = Complaint.objects.get()
    assert (complaint.received_on, complaint.feedback) == (feedback.received_on, feedback)


def test_a_request_of_it_leads_to_the_request(client, customer):
    feedback = FeedbackFactory(customer=customer)
    answer = send_command(client, command(feedback, "richiesta"))
    feedback.refresh_from_db()
    assert answer.url == reverse("admin:contact_center_contact_change", args=[feedback.contact_id])


def test_closing_leads_back_to_the_list_and_may_be_undone(client):
    feedback = FeedbackFactory()
    answer = send_command(client, command(feedback, "chiudi"), {"outcome": "changed", "words": "Corretto."})
    assert answer.url == reverse(LIST)
    send_command(client, command(feedback, "riapri"))
    feedback.refresh_from_db()
    assert feedback.state == "received"


def test_a_cancelled_complaint_offers_the_way_back(client, customer):
    complaint = ComplaintFactory(cancelled=True)
    feedback = FeedbackFactory(customer=customer, state="complaint", complaint=complaint)
    assert buttons(client, feedback) == ["tema", "chiudi", "riprendi"]


# --- Themes -----------------------------------------------------------------------------------------------------------
def test_an_administrator_ends_a_theme_and_adds_another(clock):
    client = signed_in(roles.ADMINISTRATOR)
    theme = FeedbackTheme.objects.get(code="updates")
    page = reverse("admin:complaints_feedbacktheme_change", args=[theme.pk])
    form = client.get(page).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert client.post(page, {**sent, "valid_to": "2026-05-31"}).status_code == 302
    theme.refresh_from_db()
    assert theme.valid_to.isoformat() == "2026-05-31"
    assert theme.history.get().valid_to is None
    added = {"code": "widget", "name": "Widget", "position": 20}
    assert client.post(reverse("admin:complaints_feedbacktheme_add"), added).status_code == 302
    assert FeedbackTheme.objects.get(code="widget").name == "Widget"


def test_an_agent_changes_no_theme(client):
    assert client.get(reverse("admin:complaints_feedbacktheme_add")).status_code == 403


# --- The figures ------------------------------------------------------------------------------------------------------
FIGURES = "admin:complaints_feedback_figures"


@pytest.mark.parametrize(
    ("role", "status"), [(roles.MANAGER, 200), (roles.COMPLAINT_OFFICER, 200), (roles.AGENT, 403)]
)
def test_the_figures_are_for_managers_and_officers(clock, role, status):
    assert signed_in(role).get(reverse(FIGURES)).status_code == status


def test_the_page_of_figures_costs_the_same_at_one_opinion_and_at_many(clock):
    client = signed_in(roles.MANAGER)
    FeedbackFactory(app_version="4.9")
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(FIGURES))
    FeedbackFactory.create_batch(5, theme=FeedbackTheme.objects.get(code="login"))
    StoreRatingsFactory()
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse(FIGURES))
    assert page.context["figures"].coverage.given == 6
    assert len(many) == len(one)


def test_the_figures_come_as_a_file(clock):
    client = signed_in(roles.MANAGER)
    FeedbackFactory(app_version="=1+1")
    answer = client.get(reverse(FIGURES), {"format": "csv"})
    lines = answer.content.decode().splitlines()
    assert lines[0] == "figure,of,month,number,base,percent,mean"
    assert "with_text,given,,1,1,100.0," in lines
    assert "ratings_counted_by_stores,,,,,," in lines  # not known is no zero
    assert any(line.startswith("version_with_text,'=1+1") for line in lines)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"first": "2026-05-02", "last": "2026-05-01"}, 200),
        ({"first": "2026-05-02", "last": "2026-05-01", "format": "csv"}, 404),
        ({"first": "ieri"}, 200),
        ({"format": "xml"}, 404),
        ({"source": "fax"}, 200),
    ],
)
def test_unusable_days_are_named_on_the_page_and_give_no_file(clock, asked, status):
    answer = signed_in(roles.MANAGER).get(reverse(FIGURES), asked)
    assert answer.status_code == status
    if status == 200:
        assert answer.context["form"].errors
