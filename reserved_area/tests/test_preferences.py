"""A person chooses how we write to them, on the page and by the app, and reads under a notice why it came."""

from datetime import time

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.tests.factories import CustomerFactory, ReservedAreaAccountFactory
from customers.tests.sign_in import signed_in
from notifications.models import Notice, NoticePreference, PreferenceChange
from notifications.preferences.groups import CHOOSABLE
from notifications.preferences.queries import keys_offered
from notifications.tests.factories import InboxNoticeFactory, NoticeFactory, PreferenceChangeFactory
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db

PAGE = "/area-riservata/avvisi/preferenze/"
AS_IT_IS = {"quiet_from": None, "quiet_until": None, "quiet_email": False, "digest": True, "language": "it"}


@pytest.fixture(autouse=True)
def quiet_hours(settings):
    settings.NOTICE_QUIET_FROM, settings.NOTICE_QUIET_UNTIL = time(22), time(7)


@pytest.fixture
def account():
    return ReservedAreaAccountFactory(customer=CustomerFactory())


@pytest.fixture
def browser(account):
    return signed_in(account.user)


def form(*, without=(), **fields):
    return {"on": [key for key in keys_offered() if key not in without], "language": "it", "digest": "on", **fields}


# --- The page
def test_everything_is_on_at_first_and_what_is_locked_says_why(browser):
    page = browser.get(PAGE)
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("checked") == len(keys_offered()) + 1  # and several deadlines in one message
    assert text.count("Area riservata: sempre") == len(CHOOSABLE)
    for reason in ("art. 170-bis", "Reg. ISVAP 24/2008", "art. 148"):
        assert reason in text
    assert 'href="/area-riservata/consensi/"' in text


def test_what_is_unticked_is_switched_off_and_kept(browser, account):
    answer = browser.post(PAGE, form(without=["deadlines:sms"], quiet_from="13:00", quiet_until="15:00"), follow=True)
    assert "d’ora in poi Le scriviamo così" in answer.content.decode()
    row, change = NoticePreference.objects.get(), PreferenceChange.objects.get()
    assert (row.off, row.quiet_from, row.digest) == (["deadlines:sms"], time(13), True)
    assert (change.by, change.source, change.customer) == (account.user, "portal", account.customer)
    assert "Scadenze delle Sue polizze, SMS: disattivato" in answer.content.decode()


def test_the_language_is_that_of_the_pages_too(browser, account):
    answer = browser.post(PAGE, form(language="en"), follow=True)
    account.customer.refresh_from_db()
    assert account.customer.language == "en"
    assert "Done: we write to you like this from now on." in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"quiet_from": "13:00"}, "Indichi entrambe le ore"),
        ({"quiet_from": "07:00", "quiet_until": "22:00"}, "meno di 4 ore al giorno"),
        ({"quiet_from": "25:00", "quiet_until": "22:00"}, "error"),
        ({"language": "fr"}, "error"),
        ({"on": ["deadlines:inbox"]}, "error"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_ticked_remains(browser, fields, sentence):
    answer = browser.post(PAGE, form(without=["claims:email"]) | fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not NoticePreference.objects.exists()
    if "on" not in fields:
        assert 'value="claims:email" id="on-claims-email">' in answer.content.decode()


def test_who_may_only_look_changes_nothing():
    looks = ReservedAreaAccountFactory(customer=CustomerFactory(), capacity="member", rights=[])
    browser = signed_in(looks.user)
    assert "disabled" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, form()).status_code == 403


def test_the_page_asks_as_many_queries_with_many_changes(browser, account, django_assert_max_num_queries):
    browser.get(PAGE)
    for number in (1, 3):
        PreferenceChangeFactory.create_batch(number, customer=account.customer, by=account.user)
        with django_assert_max_num_queries(16):
            browser.get(PAGE)


# --- The app
def test_the_app_reads_what_the_page_reads(account):
    shown = App(account).get("notice-preferences/").json()
    assert [group["group"] for group in shown["groups"]] == [*CHOOSABLE, "account"]
    assert [group["is_locked"] for group in shown["groups"]] == [False] * len(CHOOSABLE) + [True]
    assert (shown["off"], shown["company_quiet_from"], shown["company_quiet_until"]) == ([], "22:00", "07:00")
    assert any("art. 170-bis" in duty["reason"] for duty in shown["groups"][0]["duties"])


def test_the_app_changes_it_once(account):
    app = App(account)
    wanted = {"off": ["claims:email"], **AS_IT_IS, "quiet_from": "13:00", "quiet_until": "15:30"}
    first, again = app.send("notice-preferences/", wanted), app.send("notice-preferences/", wanted)
    assert (first.status_code, first.json()["off"], first.json()["quiet_until"]) == (200, ["claims:email"], "15:30")
    assert (again.status_code, again.json()["message"]) == (200, "Nothing was different.")
    assert PreferenceChange.objects.get().source == "app"


def test_the_same_key_is_the_same_write(account):
    app = App(account)
    for _twice in range(2):
        assert app.send("notice-preferences/", {"off": [], **AS_IT_IS, "digest": False}, key="k1").status_code == 200
    assert PreferenceChange.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"off": ["niente:email"]}, 400, "invalid"),
        ({"quiet_from": "1pm"}, 400, "invalid"),
        ({"niente": 1}, 400, "invalid"),
        ({"quiet_from": "13:00"}, 409, "half_hours"),
        ({"quiet_from": "07:00", "quiet_until": "22:00"}, 409, "too_quiet"),
    ],
)
def test_the_app_is_told_what_is_wrong(account, fields, status, code):
    answer = App(account).send("notice-preferences/", {"off": [], **AS_IT_IS} | fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert not PreferenceChange.objects.exists()


# --- Why
def test_under_a_notice_stands_why_it_came(browser, account):
    notice = InboxNoticeFactory(
        customer=account.customer, kind="policy-expiring", state="sent", sent_at=timezone.now(), subject="Scade"
    )
    text = browser.get(reverse("portal_notice", args=[notice.pk])).content.decode()
    assert "Perché ho ricevuto questo avviso?" in text
    assert "Le abbiamo scritto “Scade” nella Sua area riservata" in text
    assert "perché la legge ci chiede di avvisarLa almeno trenta giorni prima" in text
    assert (
        App(account)
        .get(f"notices/{notice.pk}/")
        .json()["why"]
        .startswith("We wrote you “Scade” in your reserved area")
    )


def test_a_message_for_several_deadlines_leads_to_each(browser, account):
    sent = {"state": "sent", "sent_at": timezone.now(), "customer": account.customer}
    digest = InboxNoticeFactory(kind="deadlines-digest", subject="Due scadenze", **sent)
    each = InboxNoticeFactory(kind="policy-expiring", subject="La polizza 7 scade", digest=digest, **sent)
    assert list(Notice.objects.inbox_of(account.customer)) == [digest]
    page = browser.get(reverse("portal_notice", args=[digest.pk])).content.decode()
    assert f'href="{reverse("portal_notice", args=[each.pk])}"' in page
    assert browser.get(reverse("portal_notice", args=[each.pk])).status_code == 200
    carried = App(account).get(f"notices/{digest.pk}/").json()["carried"]
    assert [row["title"] for row in carried] == ["La polizza 7 scade"]


def test_what_did_not_go_says_what_became_of_it(browser, account):
    notice = NoticeFactory(customer=account.customer, state="withheld", problem="Pagato nel frattempo.")
    text = browser.get(reverse("portal_notice", args=[notice.pk])).content.decode()
    assert "Che cosa ne è stato di questo avviso?" in text
    assert "(Pagato nel frattempo)." in text


def test_somebody_elses_is_not_found(browser):
    other = InboxNoticeFactory(state="sent", sent_at=timezone.now())
    assert browser.get(reverse("portal_notice", args=[other.pk])).status_code == 404
