"""The app keeps one's own settings: notices read, consents, the language, the calendar of deadlines."""

import pytest
from django.utils import timezone

from customers.calendars import feed_of
from customers.models import Consent, Operation
from customers.tests.factories import ContactPointFactory, CustomerFactory, ReservedAreaAccountFactory
from notifications.models import Notice
from notifications.tests.factories import InboxNoticeFactory
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db

GIVE = "consents/marketing/email/give/"
WITHDRAW = "consents/marketing/email/withdraw/"


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def app(account):
    return App(account)


def test_a_notice_is_read_for_good(app, account):
    notice = InboxNoticeFactory(customer=account.customer, state="sent", sent_at=timezone.now())
    for _twice in range(2):
        assert app.send(f"notices/{notice.pk}/read/").status_code == 200
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_somebody_elses_notice_is_not_found(app):
    assert app.send(f"notices/{InboxNoticeFactory().pk}/read/").status_code == 404


# --- Consents ---------------------------------------------------------------------------------------------------------
def test_a_consent_is_given_once_and_waits_for_its_link(app, account):
    ContactPointFactory(customer=account.customer, kind="email", value="anna@example.it")
    answers = [app.send(GIVE, {"version": "2026-01"}) for _twice in range(2)]
    assert [(each.status_code, each.json()["is_waiting"]) for each in answers] == [(200, True)] * 2, answers[0].content
    consent = Consent.objects.get()
    assert (consent.event, consent.source, consent.customer) == ("given", "app", account.customer)
    assert Notice.objects.filter(kind="consent-confirm").count() == 1


def test_another_version_than_the_one_in_use_is_not_agreed_to(app):
    answer = app.send(GIVE, {"version": "2025-01"})
    assert (answer.status_code, answer.json()["code"]) == (409, "text_changed")
    assert not Consent.objects.exists()


def test_a_consent_is_withdrawn_at_once(app, account):
    ContactPointFactory(customer=account.customer, kind="email", value="anna@example.it")
    assert app.send(WITHDRAW).json()["code"] == "not_given"
    app.send(GIVE, {"version": "2026-01"})
    assert [app.send(WITHDRAW).json()["event"] for _twice in range(2)] == ["withdrawn"] * 2


@pytest.mark.parametrize("place", ["consents/marketing/sms/give/", "consents/niente/email/give/"])
def test_what_is_not_asked_for_is_not_found(app, place):
    assert app.send(place, {"version": "2026-01"}).status_code == 404


def test_who_may_not_decide_on_consents_decides_on_none():
    looks = ReservedAreaAccountFactory(customer=CustomerFactory(), capacity="member", rights=["ask"])
    assert App(looks).send(GIVE, {"version": "2026-01"}).json()["right"] == "consent"


# --- Language and calendar --------------------------------------------------------------------------------------------
def test_the_language_is_changed_once_and_is_an_operation(app, account):
    for _twice in range(2):
        assert app.send("profile/language/", {"language": "en"}).status_code == 200
    account.customer.refresh_from_db()
    assert (account.customer.language, Operation.objects.get().channel) == ("en", "app")


def test_a_language_that_we_do_not_write_is_refused(app):
    assert app.send("profile/language/", {"language": "fr"}).status_code == 400


def test_the_calendar_is_given_out_changed_and_taken_back(app, account):
    assert app.get("calendar/").json() == {"id": None, "url": None, "webcal_url": None}
    first, again = (app.send("calendar/").json() for _twice in range(2))
    assert first == again
    other = app.send("calendar/", {"id": first["id"]}).json()
    assert other["url"] != first["url"]
    assert app.send("calendar/revoke/", {"id": first["id"]}).json()["id"] == other["id"]
    assert app.send("calendar/revoke/", {"id": other["id"]}).json()["id"] is None
    assert feed_of(account) is None
