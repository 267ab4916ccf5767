"""Enrolment: the page says the same to everybody, the mailbox learns the truth, and the link makes one account once."""

import re
import uuid
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models import ContactPoint, Enrolment, ReservedAreaAccount, User
from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation import form_guard
from foundation.refusals import Refused
from notifications.enrolment import ask_to_enrol, enrol, enrolment_by_link
from notifications.models import Notice

pytestmark = pytest.mark.django_db

PASSWORD = "una-parola-tutta-nuova-7"
EMAIL = "maria@posta.example"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Forms may be sent as soon as they are opened."""
    monkeypatch.setattr(form_guard, "SOONEST", timedelta(seconds=-1))


@pytest.fixture
def policy():
    policy = PolicyFactory(number="P1")
    ContactPointFactory(customer=policy.holder, kind=ContactPoint.Kind.EMAIL, value=EMAIL)
    return policy


def fill_in(client=None, **typed):
    """Open the page and send it, as a browser does."""
    client = client or Client()
    hidden = client.get(reverse("enrolment")).context["form"]
    stamp = {name: hidden[name].value() for name in ("submission_key", "opened")}
    return client.post(reverse("enrolment"), {**stamp, "website": "", **typed})


def typed_by(policy, **other):
    return {"tax_code": policy.holder.tax_code, "policy_number": policy.number, "email": EMAIL, **other}


def ask(policy, **other):
    facts = {"language": "it", "submission_key": uuid.uuid4(), **typed_by(policy), **other}
    return ask_to_enrol(**facts)


def secret_in(notice):
    return re.search(r"/area-riservata/iscrizione/([\w-]+)/", notice.body_text)[1]


# --- Asking --------------------------------------------------------------------------------------------------------
def test_who_matches_gets_a_link_at_the_address_we_know(policy, settings):
    assert fill_in(**typed_by(policy)).url == reverse("enrolment_sent")
    notice = Notice.objects.get()
    assert (notice.kind, notice.address, notice.customer) == ("enrolment-link", EMAIL, policy.holder)
    assert f"{settings.SITE_URL}/area-riservata/iscrizione/" in notice.body_text
    assert mail.outbox == []


def test_the_secret_is_kept_as_a_digest_only(policy):
    asked = ask(policy)
    assert secret_in(Notice.objects.get()) not in str(Enrolment.objects.filter(pk=asked.pk).values())


@pytest.mark.parametrize("form", ["{}", " {} ", "IT{}"])
def test_a_company_enrols_by_its_vat_number(form):
    holder = CustomerFactory(company=True, vat_number="01329510158")
    PolicyFactory(holder=holder, number="P2")
    ContactPointFactory(customer=holder, kind=ContactPoint.Kind.PEC, value="ditta@pec.example")
    fill_in(tax_code=form.format("01329510158"), policy_number="p2", email="Ditta@PEC.example")
    assert Notice.objects.get().kind == "enrolment-link"


@pytest.mark.parametrize("number", ["P 1/a", "p1", " P 1 "])
def test_a_policy_number_is_known_as_it_is_written_and_tidied_up(number):
    policy = PolicyFactory(number="P 1/a" if "/" in number else "P1")
    ContactPointFactory(customer=policy.holder, kind=ContactPoint.Kind.EMAIL, value=EMAIL)
    fill_in(**typed_by(policy, policy_number=number))
    assert Notice.objects.get().kind == "enrolment-link"


def test_an_adherent_enrols_by_the_policy_that_covers_them(policy):
    covered = PolicyAdherentFactory(policy=policy).customer
    ContactPointFactory(customer=covered, kind=ContactPoint.Kind.EMAIL, value="anna@posta.example")
    assert ask(policy, tax_code=covered.tax_code, email="anna@posta.example").customer == covered


def unknown_code(policy):
    return {"tax_code": CustomerFactory().tax_code}


def unknown_policy(policy):
    return {"policy_number": "P404"}


def policy_of_another(policy):
    return {"policy_number": PolicyFactory(number="P9").number}


def unknown_address(policy):
    return {"email": "altra@posta.example"}


def address_of_another(policy):
    return {"email": ContactPointFactory(kind=ContactPoint.Kind.EMAIL, value="altra@posta.example").value}


@pytest.mark.parametrize(
    "slip", [unknown_code, unknown_policy, policy_of_another, unknown_address, address_of_another]
)
def test_a_person_who_does_not_match_gets_an_e_mail_without_a_link(policy, slip):
    wrong = typed_by(policy, **slip(policy))
    assert fill_in(**wrong).url == reverse("enrolment_sent")
    notice = Notice.objects.get()
    assert (notice.kind, notice.address, notice.customer) == ("enrolment-unknown", wrong["email"], None)
    assert "/iscrizione/" not in notice.body_text


def test_without_an_address_on_file_there_is_no_link():
    policy = PolicyFactory()
    assert ask(policy).outcome == Enrolment.Outcome.UNKNOWN


def test_a_person_who_is_enrolled_learns_where_to_sign_in(policy):
    ReservedAreaAccountFactory(customer=policy.holder, user=UserFactory(email=EMAIL, role=roles.CUSTOMER))
    fill_in(**typed_by(policy))
    notice = Notice.objects.get()
    assert notice.kind == "enrolment-known"
    assert "/accesso/login/" in notice.body_text


def test_who_signs_in_with_another_address_sees_it_masked(policy):
    ReservedAreaAccountFactory(customer=policy.holder, user=UserFactory(email="segreta@posta.example"))
    ask(policy)
    assert "s•••@posta.example" in Notice.objects.get().body_text
    assert "segreta@" not in Notice.objects.get().body_text


def test_an_enrolled_customer_is_not_betrayed_to_a_stranger(policy):
    ReservedAreaAccountFactory(customer=policy.holder)
    assert ask(policy, email="estraneo@posta.example").outcome == Enrolment.Outcome.UNKNOWN


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_the_owner_of_a_suspended_or_closed_account_is_asked_to_call(policy, state):
    ReservedAreaAccountFactory(customer=policy.holder, user=UserFactory(email=EMAIL), state=state)
    ask(policy)
    assert "/accesso/login/" not in Notice.objects.get().body_text


def test_an_address_that_signs_somebody_else_in_opens_no_second_sign_in(policy):
    UserFactory(email=EMAIL, role=roles.AGENT)
    assert ask(policy).outcome == Enrolment.Outcome.KNOWN


# --- Nothing is revealed -------------------------------------------------------------------------------------------
def known(policy):
    ReservedAreaAccountFactory(customer=policy.holder, user=UserFactory(email=EMAIL, role=roles.CUSTOMER))
    return {}


def test_every_case_gets_the_same_page_the_same_words_and_the_same_work(policy):
    seen = []
    for case in (lambda policy: {}, unknown_code, unknown_policy, unknown_address, known):
        client, wrong = Client(), typed_by(policy, **case(policy))
        hidden = client.get(reverse("enrolment")).context["form"]
        stamp = {name: hidden[name].value() for name in ("submission_key", "opened")}
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(reverse("enrolment"), {**stamp, **wrong})
        page = client.get(answer.url)
        words = re.sub(r'csrf[^>]*value="\w+"|"X-CSRFToken": "\w+"', "", page.content.decode())
        tables = [re.findall(r'(?:FROM|INTO|UPDATE) "(\w+)"', each["sql"])[:1] for each in queries]
        seen.append((answer.status_code, answer.url, page.status_code, words, tables))
    assert all(each == seen[0] for each in seen)


def test_a_slip_in_the_code_is_named_before_anything_is_compared(policy):
    answer = fill_in(**typed_by(policy, tax_code="RSSMRA80A01F205Y"))
    assert answer.status_code == 200
    assert "tax_code" in answer.context["form"].errors
    assert Enrolment.objects.count() == 0


@pytest.mark.parametrize(
    "bad",
    [
        {"email": "maria@posta.example\nBcc: altri@posta.example"},
        {"email": "😀"},
        {"tax_code": "x" * 10_000},
        {"policy_number": "٠" * 200},
        {"tax_code": ""},
    ],
)
def test_nonsense_is_refused_and_kept_on_the_page(policy, bad):
    answer = fill_in(**typed_by(policy, **bad))
    assert answer.status_code == 200
    assert Notice.objects.count() == 0


def test_a_machine_is_led_to_believe_it_worked(policy):
    assert fill_in(**typed_by(policy, website="http://x.example")).url == reverse("enrolment_sent")
    assert Enrolment.objects.count() == 0


def test_the_same_page_sent_twice_writes_one_notice(policy):
    client = Client()
    hidden = client.get(reverse("enrolment")).context["form"]
    form = {name: hidden[name].value() for name in ("submission_key", "opened")} | typed_by(policy)
    assert client.post(reverse("enrolment"), form).url == client.post(reverse("enrolment"), form).url
    assert (Enrolment.objects.count(), Notice.objects.count()) == (1, 1)


def test_attempts_for_one_code_are_limited_wherever_they_come_from(policy):
    for place in range(5):
        answer = fill_in(Client(REMOTE_ADDR=f"192.0.2.{place}"), **typed_by(policy, email=f"{place}@posta.example"))
        assert answer.status_code == 302
    answer = fill_in(Client(REMOTE_ADDR="192.0.2.9"), **typed_by(policy))
    assert (answer.status_code, Notice.objects.count()) == (429, 5)


def test_attempts_from_one_address_are_limited_whatever_they_name():
    answers = [
        fill_in(tax_code=CustomerFactory().tax_code, policy_number="P1", email=f"{each}@posta.example").status_code
        for each in range(11)
    ]
    assert answers == [302] * 10 + [429]


def test_one_mailbox_is_not_flooded():
    answers = [
        fill_in(
            Client(REMOTE_ADDR=f"192.0.2.{each}"), tax_code=CustomerFactory().tax_code, policy_number="P1", email=EMAIL
        ).status_code
        for each in range(6)
    ]
    assert answers == [302] * 5 + [429]


def test_who_has_signed_in_needs_no_enrolment():
    client = Client()
    client.force_login(ReservedAreaAccountFactory().user)
    assert client.get(reverse("enrolment")).url == reverse("after_sign_in")


# --- Taking the place ----------------------------------------------------------------------------------------------
@pytest.fixture
def link(policy):
    ask(policy)
    return reverse("enrolment_finish", args=[secret_in(Notice.objects.get())])


def choose(link, client=None, **other):
    return (client or Client()).post(link, {"password1": PASSWORD, "password2": PASSWORD, "terms": "on", **other})


def test_opening_the_link_makes_nothing(link):
    assert Client().get(link).status_code == 200
    assert User.objects.count() == 0


def test_the_link_makes_the_account_and_signs_in(policy, link):
    client = Client()
    assert choose(link, client).url == reverse("after_sign_in")
    account = ReservedAreaAccount.objects.get()
    assert (account.customer, account.user.email, account.terms_version) == (policy.holder, EMAIL, "2026-01")
    assert account.user.role_names == {roles.CUSTOMER}
    assert not account.user.is_staff
    assert ContactPoint.objects.get(value=EMAIL).verified_at is not None
    assert client.get(reverse("reserved_area")).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"terms": ""}, {"password2": "altra"}, {"password1": "breve", "password2": "breve"}, {"password1": ""}],
)
def test_a_weak_password_or_no_acceptance_makes_nothing(link, wrong):
    assert choose(link, **wrong).status_code == 200
    assert User.objects.count() == 0


def test_the_terms_are_not_accepted_beforehand(link):
    assert not Client().get(link).context["form"]["terms"].value()


def test_a_link_works_once_and_then_changes_no_password(link):
    choose(link)
    client = Client()
    assert choose(link, client, password1="altra-parola-lunga-9", password2="altra-parola-lunga-9").url == reverse(
        "account_login"
    )
    assert "_auth_user_id" not in client.session
    assert User.objects.get().check_password(PASSWORD)


def test_a_link_is_over_after_a_day(link):
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert Client().get(link).status_code == 410
        assert choose(link).status_code == 410
    assert User.objects.count() == 0


def test_a_link_of_nobody_is_over_too():
    assert Client().get(reverse("enrolment_finish", args=["x" * 32])).status_code == 410


def test_two_links_of_one_customer_make_one_account(policy):
    ask(policy)
    ask(policy)
    first, second = (reverse("enrolment_finish", args=[secret_in(each)]) for each in Notice.objects.all())
    choose(first)
    assert choose(second).url == reverse("account_login")
    assert ReservedAreaAccount.objects.count() == 1


def test_two_customers_with_one_address_make_one_sign_in(policy):
    other = PolicyFactory(number="P2")
    ContactPointFactory(customer=other.holder, kind=ContactPoint.Kind.EMAIL, value=EMAIL)
    mine, theirs = ask(policy), ask(other)
    enrol(mine, password=PASSWORD, terms_version="1")
    with pytest.raises(Refused):
        enrol(theirs, password=PASSWORD, terms_version="1")
    assert User.objects.count() == 1


def test_a_command_given_twice_makes_one(policy):
    asked = ask(policy)
    first = enrol(asked, password=PASSWORD, terms_version="1")
    second = enrol(asked, password="un-altra-parola-8", terms_version="1")
    assert (first.account, first.is_new, second.account, second.is_new) == (first.account, True, first.account, False)


def test_a_secret_that_is_none_is_refused():
    with pytest.raises(Refused):
        enrolment_by_link("")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_account(policy):
    Group.objects.get_or_create(name=roles.CUSTOMER)
    asked = ask(policy)
    start, made = Barrier(2), []

    def take():
        start.wait()
        made.append(enrol(asked, password=PASSWORD, terms_version="1").is_new)
        connections.close_all()

    both = [Thread(target=take) for _each in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(made) == [False, True]
    assert ReservedAreaAccount.objects.count() == User.objects.count() == 1


# --- By the app -----------------------------------------------------------------------------------------------------
BEGIN, FINISH = "/api/v1/enrolment/", "/api/v1/enrolment/finish/"


def from_app(path, token=None, **body):
    headers = {"X-Session-Token": token} if token else {}
    return Client(headers=headers).post(path, body, content_type="application/json")


def asked_by_app(policy, **other):
    typed = {"tax_code": policy.holder.tax_code, "policy_number": "P1", "email": EMAIL}
    return from_app(BEGIN, **{**typed, "submission_key": str(uuid.uuid4()), **other})


def secret_in_mail():
    return re.search(r"iscrizione/([\w-]{20,})/", Notice.objects.latest("pk").body_text)[1]


def test_the_app_asks_takes_the_place_and_signs_in(policy):
    assert asked_by_app(policy).status_code == 202
    terms = Client().get(BEGIN).json()["terms_version"]
    finish = {"secret": secret_in_mail(), "password": PASSWORD, "terms_version": terms}
    first, again = from_app(FINISH, **finish), from_app(FINISH, **finish)
    assert (first.status_code, again.status_code, first.json()) == (201, 200, {"email": EMAIL})
    signed_in = from_app("/accesso/app/v1/auth/login", email=EMAIL, password=PASSWORD)
    token = signed_in.json()["meta"]["session_token"]
    assert Client(headers={"X-Session-Token": token}).get("/api/v1/me/").status_code == 200


def test_the_app_reads_the_same_whatever_was_typed(policy):
    answers = [asked_by_app(policy), asked_by_app(policy, policy_number="P2")]
    assert {(each.status_code, each.content) for each in answers} == {(202, answers[0].content)}
    assert asked_by_app(policy, tax_code="corto").json()["errors"].keys() == {"tax_code"}


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"secret": "indovinato"}, 410),
        ({"password": "corta"}, 400),
        ({"password": ""}, 400),
        ({"terms_version": "2020-01"}, 400),
    ],
)
def test_the_app_takes_no_place_with_what_is_wrong(policy, wrong, status):
    asked_by_app(policy)
    finish = {"secret": secret_in_mail(), "password": PASSWORD, "terms_version": "2026-01"}
    answer = from_app(FINISH, **{**finish, **wrong})
    assert answer.status_code == status
    assert status == 410 or answer.json()["errors"].keys() == wrong.keys()
    assert not ReservedAreaAccount.objects.exists()
