"""Notices in the back office: what is in trouble, and the figure of the first page."""

import pytest
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.tests.factories import UserFactory
from notifications import metrics
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db


def test_notices_in_trouble_are_listed_and_counted():
    user = UserFactory(role=roles.MANAGER)
    NoticeFactory()
    refused = NoticeFactory(state=Notice.State.REFUSED)
    client = Client()
    client.force_login(user)
    page = client.get(reverse("admin:notifications_notice_changelist"), {"work": "trouble"})
    assert list(page.context["cl"].result_list) == [refused]
    assert [(panel["value"], panel["tone"]) for panel in metrics.panels(user)] == [("1", "bad")]


def test_an_agency_member_gets_no_figure():
    assert metrics.panels(UserFactory(role=roles.AGENCY_MEMBER)) == []


def test_a_notice_is_found_by_its_customer_or_its_key():
    notice = NoticeFactory(customer__last_name="Bianchi", once="prova:unica")
    NoticeFactory()
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    for text in ("bianchi", "prova:unica"):
        page = client.get(reverse("admin:notifications_notice_changelist"), {"q": text})
        assert list(page.context["cl"].result_list) == [notice]


SECRET = "https://care.example/contatti/seguito/C-2026-000007/mfrggzdfmztwq2lknnwg23tpoa/"


def text_seen(notice):
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    return client.get(reverse("admin:notifications_notice_change", args=[notice.pk])).content.decode()


@pytest.mark.parametrize("channel", ["email", "inbox"])
def test_a_colleague_reads_a_notice_but_not_the_secret_of_its_address(channel):
    text = f"Ecco la copia.\n{SECRET}\nInformativa: https://care.example/privacy/"
    page = text_seen(NoticeFactory(channel=channel, kind="request-answered", body_text=text))
    assert "Ecco la copia." in page
    assert "https://care.example/privacy/" in page
    assert "mfrggzdfmztwq2lknnwg23tpoa" not in page
    assert "/contatti/seguito/" not in page


def test_a_notice_that_waits_is_shown_without_its_secret_as_well():
    words = {"number": "C-2026-000007", "subject": "Copia", "text": "Ecco la copia.", "action_url": SECRET}
    page = text_seen(NoticeFactory(kind="request-answered", words=words, subject="", body_text=""))
    assert "Ecco la copia." in page
    assert "mfrggzdfmztwq2lknnwg23tpoa" not in page


def test_a_colleague_does_not_read_what_holds_a_link_alone():
    page = text_seen(NoticeFactory(kind="satisfaction-asked", body_text=f"È stato risolto?\n{SECRET}"))
    assert "È stato risolto?" not in page
