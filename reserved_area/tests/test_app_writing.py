"""The app writes to us: requests with their threads, call-backs, complaints, and what a customer thinks of it."""

import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache

from complaints.models import Complaint, Feedback
from complaints.tests.factories import ComplaintAdditionFactory, ComplaintFactory
from contact_center.models import AnsweredBeforehand, CallBack, Contact, Message
from contact_center.tests.factories import (
    CallBackFactory,
    ContactFactory,
    SatisfactionSurveyFactory,
    TopicFactory,
    TopicQuestionFactory,
)
from customers.tests.factories import InstalmentFactory, PolicyFactory, ReservedAreaAccountFactory
from foundation.dates import ROME
from notifications.models import Notice
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=ROME)  # a Monday
TEN = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def monday_at_eight(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def app(account):
    return App(account)


@pytest.fixture
def topic():
    return TopicFactory(is_public=True)


@pytest.fixture
def contact(account):
    return ContactFactory(customer=account.customer)


def open_request(settings, **given):
    return {
        "form": "open",
        "subject": "Copia",
        "text": "Vorrei una copia.",
        "privacy_version": settings.PRIVACY_NOTICE_VERSION,
        **given,
    }


# --- Requests ---------------------------------------------------------------------------------------------------------
def test_a_request_of_the_app_waits_in_the_first_level_and_is_acknowledged(app, account, settings):
    answer = app.send("requests/", open_request(settings))
    contact = Contact.objects.get()
    assert (answer.status_code, answer.json()["number"]) == (201, contact.number)
    assert (contact.channel, contact.customer, contact.address) == ("app", account.customer, account.user.email)
    assert Notice.objects.filter(kind="request-received", customer=account.customer).exists()


def test_the_same_key_sends_one_request(app, settings):
    answers = [app.send("requests/", open_request(settings), key="k").json() for _twice in range(2)]
    assert answers[0] == answers[1]
    assert Contact.objects.count() == 1


def test_a_guided_request_answers_the_questions_of_its_topic(app, settings, topic):
    question = TopicQuestionFactory(topic=topic, code="quando", kind="past_date")
    sent = {"form": "guided", "topic": topic.code, "privacy_version": settings.PRIVACY_NOTICE_VERSION}
    wrong = app.send("requests/", {**sent, "answers": {"quando": "2027-01-01"}})
    assert list(wrong.json()["errors"]) == ["answers.quando"]
    unknown = app.send("requests/", {**sent, "answers": {"dove": "qui"}})
    assert list(unknown.json()["errors"]) == ["answers.dove"]
    answer = app.send("requests/", {**sent, "answers": {"quando": "2026-05-01"}})
    assert answer.status_code == 201, answer.content
    assert question.shown_label in Message.objects.get().text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"text": "a" * 10_001}, "text"),
        ({"text": {"a": 1}}, "text"),
        ({"email": "nessuno"}, "email"),
        ({"policy_number": "X1"}, "policy_number"),
        ({"privacy_version": "vecchia"}, ""),
        ({"form": "consideration"}, "form"),
        ({"oggetto": "Copia"}, "oggetto"),
        ({"uploads": ["x"]}, "uploads.0"),
    ],
)
def test_what_is_wrong_with_a_request_is_said_by_field(app, settings, given, field):
    answer = app.send("requests/", open_request(settings, **given))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Contact.objects.exists()


def test_ten_thousand_characters_and_every_script_are_kept(app, settings):
    text = "Buongiorno 👩🏽‍🚒 مرحبا שלום ".ljust(10_000, "à")
    assert app.send("requests/", open_request(settings, text=text)).status_code == 201
    assert Message.objects.get().text == text


def test_a_request_carries_files_that_were_sent_ahead(app, settings):
    uploads = [app.upload(name=f"{number}.pdf").json()["key"] for number in (1, 2)]
    assert app.send("requests/", open_request(settings, uploads=uploads)).status_code == 201
    assert [each.name for each in Message.objects.get().attachments.order_by("pk")] == ["1.pdf", "2.pdf"]


def test_many_requests_of_one_person_are_slowed_down(app, account, settings):
    cache.set(f"me:request:{account.user.pk}", 30, 3600)
    answer = app.send("requests/", open_request(settings))
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")


def test_what_we_know_already_comes_before_the_form_and_is_counted_once(app, account):
    topic = TopicFactory(is_public=True, area="payments")
    instalment = InstalmentFactory(policy=PolicyFactory(holder=account.customer), due_on=NOW.date())
    shown = app.get("requests/beforehand/", topic=topic.code).json()
    assert [(each["about"], each["id"]) for each in shown["answers"]] == [("policy", instalment.policy_id)]
    for _twice in range(2):
        app.send("requests/beforehand/", {"topic": topic.code, "helped": True}, key="k")
    assert AnsweredBeforehand.objects.get().helped


def test_a_topic_that_is_not_offered_is_refused(app):
    assert app.get("requests/beforehand/", topic="niente").json()["errors"].keys() == {"topic"}


# --- Threads ----------------------------------------------------------------------------------------------------------
def test_one_more_message_wakes_what_waits(app, contact):
    contact.state = Contact.State.WAITING
    contact.save()
    answers = [app.send(f"requests/{contact.pk}/messages/", {"text": "Eccomi"}, key="k") for _twice in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    contact.refresh_from_db()
    assert (contact.state, Message.objects.get().text) == (Contact.State.OPEN, "Eccomi")


def test_a_message_to_what_was_closed_long_ago_names_the_request_that_goes_on(app, account):
    closed = ContactFactory(customer=account.customer, closed=True, started_at=NOW - timedelta(days=200))
    answer = app.send(f"requests/{closed.pk}/messages/", {"text": "Ancora"}).json()
    assert answer["id"] != closed.pk
    assert Contact.objects.get(pk=answer["id"]).continues == closed


def test_an_empty_message_is_asked_for_again(app, contact):
    answer = app.send(f"requests/{contact.pk}/messages/", {"text": "  "})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["text"])


def test_a_call_takes_no_message(app, account):
    call = ContactFactory(customer=account.customer, by_phone=True)
    assert app.send(f"requests/{call.pk}/messages/", {"text": "Eccomi"}).status_code == 404


def test_whether_it_was_resolved_is_said_once(app, account):
    survey = SatisfactionSurveyFactory(contact__customer=account.customer)
    place = f"requests/{survey.contact_id}/survey/"
    assert app.send(place, {"resolved": True, "rating": 4, "comment": "Bene"}).status_code == 200
    survey.refresh_from_db()
    assert (survey.resolved, survey.rating, survey.comment) == (True, 4, "Bene")
    assert app.send(place, {"resolved": False}).json()["code"] == "answered_already"


@pytest.mark.parametrize("sent", [{}, {"resolved": "forse"}, {"resolved": True, "rating": 6}])
def test_an_opinion_of_another_shape_is_refused(app, account, sent):
    survey = SatisfactionSurveyFactory(contact__customer=account.customer)
    assert app.send(f"requests/{survey.contact_id}/survey/", sent).status_code == 400


# --- Call-backs -------------------------------------------------------------------------------------------------------
def book(app, at=TEN, **more):
    return app.send(
        "call-backs/", {"starts_at": at.isoformat(), "phone": "333 123 4567", **more.pop("given", {})}, **more
    )


def test_a_call_back_is_booked_moved_and_called_off(app, topic):
    booked = book(app, given={"topic": topic.code, "text": "Per il rinnovo 🚗"})
    assert booked.status_code == 201, booked.content
    call_back = CallBack.objects.get()
    assert (call_back.starts_at, call_back.phone, call_back.contact.channel) == (TEN, "+393331234567", "app")
    place = f"call-backs/{call_back.pk}/"
    eleven = (TEN + timedelta(hours=1)).isoformat()
    assert app.send(f"{place}move/", {"starts_at": eleven}).status_code == 200
    assert [app.send(f"{place}cancel/").status_code for _twice in range(2)] == [200, 200]
    call_back.refresh_from_db()
    assert (call_back.starts_at, call_back.cancelled_at) == (TEN + timedelta(hours=1), NOW)


def test_the_same_key_books_one_call_back(app):
    assert book(app, key="k").json() == book(app, key="k").json()
    assert CallBack.objects.count() == 1


def test_an_hour_without_room_is_refused_and_nothing_is_booked(app, settings):
    settings.CALL_BACKS_PER_SLOT = 1
    CallBackFactory(starts_at=TEN, ends_at=TEN + timedelta(minutes=30))
    answer = book(app)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["starts_at"])
    assert CallBack.objects.count() == 1


def test_three_call_backs_are_enough(app):
    for hours in range(3):
        assert book(app, TEN + timedelta(hours=hours)).status_code == 201
    assert book(app, TEN + timedelta(hours=4)).json()["code"] == "many_call_backs"


@pytest.mark.parametrize(
    ("given", "field"),
    [({"phone": "12"}, "phone"), ({"topic": "niente"}, "topic"), ({"starts_at": "2026-05-04T10:00"}, "starts_at")],
)
def test_what_is_wrong_with_a_booking_is_said_by_field(app, given, field):
    answer = book(app, given=given)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_call_back_whose_hour_has_come_is_not_moved(app, account):
    begun = CallBackFactory(customer=account.customer, starts_at=NOW, ends_at=NOW + timedelta(minutes=30))
    answer = app.send(f"call-backs/{begun.pk}/move/", {"starts_at": TEN.isoformat()})
    assert answer.json()["code"] == "call_back_begun"


# --- Complaints -------------------------------------------------------------------------------------------------------
COMPLAINT = {"subject": "Ritardo", "text": "Aspetto da marzo."}


def test_a_complaint_of_the_app_enters_the_register_once(app, account):
    answers = [app.send("complaints/", COMPLAINT, key="k").json() for _twice in range(2)]
    complaint = Complaint.objects.get()
    assert answers[0] == answers[1]
    assert (answers[0]["number"], answers[0]["due_on"]) == (complaint.number, complaint.due_on.isoformat())
    assert (complaint.customer, complaint.email) == (account.customer, account.user.email)


def test_a_complaint_for_somebody_else_leads_to_its_own_page(app):
    answer = app.send("complaints/", {**COMPLAINT, "complainant_name": "Zia Pina"}).json()
    assert (answer["url"], "/contatti/reclamo/" in answer["tracking_url"]) == ("", True)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "a" * 20_001}, "text"),
        ({"email": "", "postal_address": ""}, "email"),
        ({"conduct": "intermediary"}, "intermediary"),
        ({"tax_code": "XX"}, "tax_code"),
        ({"complainant_kind": "re"}, "complainant_kind"),
    ],
)
def test_what_is_wrong_with_a_complaint_is_said_by_field(app, given, field):
    answer = app.send("complaints/", COMPLAINT | given)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Complaint.objects.exists()


def test_words_and_files_are_added_to_a_complaint_once(app, account):
    complaint = ComplaintFactory(customer=account.customer)
    sent = {"text": "Ecco la ricevuta.", "uploads": [app.upload().json()["key"]]}
    for _twice in range(2):
        assert app.send(f"complaints/{complaint.pk}/additions/", sent, key="k").status_code == 201
    addition = complaint.additions.get()
    assert (addition.text, addition.files.get().name) == ("Ecco la ricevuta.", "preventivo.pdf")


def test_nothing_is_not_added(app, account):
    complaint = ComplaintFactory(customer=account.customer)
    answer = app.send(f"complaints/{complaint.pk}/additions/", {"text": " "})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["text"])


def test_the_fifty_first_addition_is_refused(app, account):
    complaint = ComplaintFactory(customer=account.customer)
    ComplaintAdditionFactory.create_batch(50, complaint=complaint)
    answer = app.send(f"complaints/{complaint.pk}/additions/", {"text": "Ancora"})
    assert answer.json()["code"] == "too_many_additions"


# --- Feedback ---------------------------------------------------------------------------------------------------------
def test_what_a_customer_thinks_is_kept_once_with_the_version_of_the_app(account):
    app = App(account, **{"X-App-Version": "4.12.1"})
    sent = {"rating": 2, "text": "Non riesco a entrare 😡", "platform": "Android 15"}
    for _twice in range(2):
        assert app.send("feedback/", sent, key="k").status_code == 201
    feedback = Feedback.objects.get()
    assert (feedback.customer, feedback.rating, feedback.app_version) == (account.customer, 2, "4.12.1")
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("sent", "status"), [({}, 400), ({"rating": 0}, 400), ({"rating": 3, "text": "a" * 2_001}, 409)]
)
def test_an_opinion_that_cannot_be_kept_is_refused(app, sent, status):
    assert app.send("feedback/", sent).status_code == status
    assert not Feedback.objects.exists()


def test_what_is_somebody_elses_is_not_found(app):
    places = (
        f"requests/{ContactFactory(customer=ReservedAreaAccountFactory().customer).pk}/messages/",
        f"requests/{SatisfactionSurveyFactory().contact_id}/survey/",
        f"complaints/{ComplaintFactory().pk}/additions/",
        f"call-backs/{CallBackFactory().pk}/cancel/",
    )
    assert [app.send(each, {"text": "x"}).status_code for each in places] == [404] * 4
    assert app.send(f"uploads/{uuid.uuid4()}/", method="delete").status_code == 204
