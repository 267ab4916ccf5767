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
