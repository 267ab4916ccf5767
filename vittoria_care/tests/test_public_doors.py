"""The pages that everybody reaches, and where each role lands after signing in."""

import html
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from customers import roles
from customers.tests.factories import ReservedAreaAccountFactory, UserFactory
from vittoria_care.privacy.periods import change_period, period_called
from vittoria_care.privacy.record import how_long, kept_for, record_of_processing
from vittoria_care.privacy.rules import CARRIERS, carriers, periods

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/", "/healthz", "/accesso/login/", "/privacy/", "/accessibilita/"])
def test_a_page_answers(client, address):
    assert client.get(address).status_code == 200


def test_the_sign_in_of_staff_is_offered_to_visitors_and_to_no_customer(client):
    back_office = f'href="{reverse("admin:index")}"'
    assert back_office in client.get("/").content.decode()
    client.force_login(ReservedAreaAccountFactory().user)
    for page in ("/", reverse("reserved_area")):
        assert back_office not in client.get(page).content.decode()


@pytest.mark.parametrize("address", ["/privacy/", "/accessibilita/"])
def test_a_legal_page_is_in_the_readers_language(client, address):
    italian = client.get(address, headers={"accept-language": "it"}).content.decode()
    english = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "Vittoria Assicurazioni" in italian
    assert "Regolamento" in italian or "dichiarazione" in italian.lower()
    assert "Regulation" in english or "Legislative Decree" in english


def test_the_privacy_notice_shows_its_version(client, settings):
    assert settings.PRIVACY_NOTICE_VERSION in client.get("/privacy/").content.decode()


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_privacy_notice_says_of_every_period_how_long_since_when_and_why(client, language):
    text = html.unescape(client.get("/privacy/", headers={"accept-language": language}).content.decode())
    with translation.override(language):
        lacking = [each.name for each in kept_for() if f"<dt>{each.name}</dt>" not in text or each.reason not in text]
    assert (lacking, text.count("<dt>")) == ([], len(periods()))


EVERY_CHANNEL = {
    "PUSH_PROVIDERS": ["web", "fcm"],
    "WEB_PUSH_SERVICES": [
        "fcm.googleapis.com",
        ".push.services.mozilla.com",
        ".push.apple.com",
        ".notify.windows.com",
    ],
    "SMS_PROVIDER": "twilio",
    "PEC_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}


@pytest.mark.parametrize("language", ["it", "en"])
def test_privacy_notice_and_record_name_the_same_carriers(client, settings, language):
    for name, value in EVERY_CHANNEL.items():
        setattr(settings, name, value)
    text = html.unescape(client.get("/privacy/", headers={"accept-language": language}).content.decode())
    record = record_of_processing(language)
    with translation.override(language):
        used = [f"{each.name}: {each.gets}" for each in carriers()]
    assert len(used) == len(CARRIERS)
    assert [each for each in used if each not in text or each not in record] == []


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("PUSH_PROVIDERS", ["fcm"], "Mozilla"),
        ("WEB_PUSH_SERVICES", ["fcm.googleapis.com"], "Apple, "),
        ("SMS_PROVIDER", "file", "Twilio"),
        ("PEC_BACKEND", "", "PEC"),
        ("LETTERS_PER_BATCH", 0, "envelopes"),
    ],
)
def test_who_carries_nothing_here_is_named_nowhere(client, settings, name, value, word):
    for each, given in EVERY_CHANNEL.items():
        setattr(settings, each, given)
    with translation.override("en"):
        assert [each for each in carriers() if word in str(each.name)]
        setattr(settings, name, value)
        gone = [str(each.name) for each in CARRIERS if word in str(each.name) and each not in carriers()]
    text = html.unescape(client.get("/privacy/", headers={"accept-language": "en"}).content.decode())
    assert gone
    assert [each for each in gone if each in text or each in record_of_processing()] == []


def test_a_lengthened_period_is_on_the_privacy_notice(client):
    change_period(period_called("conversation"), days=1826, reason="Contenzioso di massa.", by=UserFactory())
    text = client.get("/privacy/", headers={"accept-language": "en"}).content.decode()
    assert "5 years since the day on which the conversation began" in text


@pytest.mark.parametrize(
    ("days", "words"), [(30, "30 days"), (1, "1 day"), (365, "1 year"), (731, "2 years"), (3653, "10 years")]
)
def test_a_period_is_said_as_people_say_it(days, words):
    with translation.override("en"):
        assert how_long(days) == words


def test_the_record_of_processing_is_current():
    page = (settings.BASE_DIR / "docs/record-of-processing.md").read_text()
    assert page == record_of_processing(), "manage.py record_of_processing > docs/record-of-processing.md"


def test_the_record_of_processing_speaks_italian():
    assert "Registro dei trattamenti" in record_of_processing("it")


def test_the_first_page_shows_no_doors_of_staff(client):
    page = client.get("/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "/backoffice/" not in main
    assert "/dashboard/" not in main


@pytest.mark.parametrize(
    ("address", "kind"),
    [("/favicon.ico", "image/"), ("/apple-touch-icon.png", "image/png"), ("/robots.txt", "text/plain")],
)
def test_what_browsers_and_robots_ask_for_at_the_root_is_there(client, address, kind):
    answer = client.get(address)
    answer.close()
    assert (answer.status_code, answer.headers["Content-Type"].startswith(kind)) == (200, True)


def test_robots_are_kept_from_what_is_somebodys_own(client):
    answer = client.get("/robots.txt")
    text = b"".join(answer.streaming_content).decode()
    answer.close()
    for name in ("reserved_area", "admin:index", "figures", "account_login"):
        assert any(reverse(name).startswith(each) for each in re.findall(r"Disallow: (\S+)", text))


def test_a_page_says_what_it_is_and_which_colour_it_has(client):
    page = client.get("/").content.decode()
    for name in ("description", "theme-color"):
        assert re.search(rf'<meta name="{name}" content="[^"]+"[^>]*>', page)
    assert 'rel="apple-touch-icon"' in page


@pytest.mark.parametrize(("language", "advice"), [("it", "senza ricaricare"), ("en", "without reloading")])
def test_a_form_that_waited_too_long_is_not_to_be_reloaded(language, advice):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": language})
    answer = client.post(reverse("open_request"), {"text": "Vorrei una copia."})
    assert (answer.status_code, advice in answer.content.decode()) == (403, True)


@pytest.mark.parametrize(
    ("language", "criteria"), [("it", ("art. 2952", "entro un mese")), ("en", ("art. 2952", "within a month"))]
)
def test_the_privacy_notice_says_by_what_criteria_data_are_kept_and_how_rights_are_answered(
    client, language, criteria
):
    text = client.get("/privacy/", headers={"accept-language": language}).content.decode()
    assert [each for each in criteria if each not in text] == []


def test_the_first_page_names_the_three_lines(client):
    assert "800 016 611" in client.get("/").content.decode()


def test_health_asks_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


@pytest.mark.parametrize(
    ("role", "lands_on"),
    [
        (roles.MANAGER, "figures"),
        (roles.AUDITOR, "figures"),
        (roles.AGENT, "admin:index"),
        (roles.SPECIALIST, "admin:index"),
        (roles.COMPLAINT_OFFICER, "admin:index"),
        (roles.AGENCY_MEMBER, "admin:index"),
        (roles.CAMPAIGN_AUTHOR, "admin:index"),
        (roles.ADMINISTRATOR, "admin:index"),
        (roles.CUSTOMER, "reserved_area"),
        (None, "reserved_area"),
    ],
)
def test_each_role_lands_on_the_page_of_its_work(role, lands_on):
    client = Client()
    client.force_login(UserFactory(role=role))
    answer = client.get(reverse("after_sign_in"))
    assert (answer.status_code, answer.url) == (302, reverse(lands_on))


def test_a_visitor_who_has_not_signed_in_is_asked_to(client):
    assert client.get(reverse("after_sign_in")).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", sorted(roles.STAFF))
def test_the_first_page_of_the_back_office_shows_each_role_its_panels(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    page = client.get(reverse("admin:index"))
    assert page.status_code == 200
    assert bool(page.context["tiles"]) == (role in roles.COMPANY_WIDE or role == roles.AGENCY_MEMBER)
