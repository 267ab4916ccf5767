"""What allauth writes goes through the outbox, with our own address in the links, and colleagues do not read it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.tests.factories import PASSWORD, UserFactory
from notifications.models import Notice
from notifications.services.queueing import TYPED_PER_DAY
from vittoria_care.sign_in.accounts import mail_about_sign_in

pytestmark = pytest.mark.django_db


def ask_for_password(email, **headers):
    return Client().post(reverse("account_reset_password"), {"email": email}, **headers)


def test_a_new_password_is_owed_and_not_sent_by_the_page(settings):
    user = UserFactory(email="maria@example.it")
    assert ask_for_password("maria@example.it").url == reverse("account_reset_password_done")
    notice = Notice.objects.get()
    assert (notice.kind, notice.address, notice.user) == ("account-mail", "maria@example.it", user)
    assert f"{settings.SITE_URL}/accesso/password/reset/key/" in notice.body_text
    assert mail.outbox == []


def test_the_link_of_the_notice_works():
    UserFactory(email="maria@example.it")
    ask_for_password("maria@example.it")
    path = re.search(r"https?://[^/\s]+(/accesso/password/reset/key/\S+)", Notice.objects.get().body_text)[1]
    client = Client()
    form = client.get(path, follow=True)
    new = {"password1": "un-altra-parola-lunga", "password2": "un-altra-parola-lunga"}
    client.post(form.request["PATH_INFO"], new)
    answer = client.post(reverse("account_login"), {"login": "maria@example.it", "password": new["password1"]})
    assert answer.url == reverse("after_sign_in")


def test_the_page_does_not_reveal_who_has_a_sign_in():
    UserFactory(email="maria@example.it")
    known, unknown = ask_for_password("maria@example.it"), ask_for_password("nessuno@example.it")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert Notice.objects.get(address="nessuno@example.it").user is None


def test_a_changed_password_is_reported_to_the_person():
    user = UserFactory(email="maria@example.it")
    client = Client()
    client.force_login(user)
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "un-altra-parola-lunga", "password2": "un-altra-parola-lunga"},
    )
    assert Notice.objects.get().address == "maria@example.it"


def test_the_subject_is_one_line():
    notice = mail_about_sign_in(UserFactory(), subject="Attenzione\nBcc: altri@example.it", text="Testo")
    assert notice.subject == "Attenzione Bcc: altri@example.it"


def test_colleagues_do_not_read_the_link():
    UserFactory(email="maria@example.it")
    ask_for_password("maria@example.it")
    client = Client()
    client.force_login(UserFactory(role=roles.AUDITOR))
    page = client.get(reverse("admin:notifications_notice_change", args=[Notice.objects.get().pk]))
    assert page.status_code == 200
    assert "/accesso/password/reset/key/" not in page.content.decode()


def test_asking_again_and_again_is_refused():
    answers = [ask_for_password("maria@example.it").status_code for _attempt in range(6)]
    assert answers == [302] * 5 + [429]


def test_the_library_s_page_of_addresses_leads_to_ours():
    client = Client()
    client.force_login(UserFactory())
    assert client.get("/accesso/email/").url == reverse("portal_sign_in_address")


@pytest.mark.parametrize("address", ["maria@example.it", "nessuno@example.it"])
def test_a_mailbox_that_anybody_types_gets_so_many_links_in_a_day(address):
    UserFactory(email="maria@example.it")
    for minutes in range(TYPED_PER_DAY + 1):
        with time_machine.travel(timezone.now() + timedelta(minutes=2 * minutes)):
            ask_for_password(address)
    states = list(Notice.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["queued"] * TYPED_PER_DAY + ["withheld"]
