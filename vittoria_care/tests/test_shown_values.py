"""What the pages of the back office print: words, never what a program keeps them in."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from customers.models import Customer
from customers.tests.factories import CustomerFactory, UserFactory
from vittoria_care.tests.factories import make_row, rows_about

pytestmark = pytest.mark.django_db

RAW = {
    "a tuple": re.compile(r"\(&#x27;|\('"),
    "None": re.compile(r"\bNone\b"),
    "a dictionary": re.compile(r"\{&#x27;|\{'"),
    "a moment of no language": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
    "an object": re.compile(r"&lt;[A-Z]\w+|\bobject at 0x"),
}
SCRIPT = re.compile(r"<(script|style|template)\b.*?</\1>", re.DOTALL)

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def client():
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


def raw_values_of(answer) -> dict[str, str]:
    """What of the page's text is no word for people, each with what stands around it."""
    text = " ".join(strip_tags(SCRIPT.sub("", answer.content.decode())).split())
    found = {name: pattern.search(text) for name, pattern in RAW.items()}
    return {name: text[max(0, hit.start() - 60) : hit.end() + 60] for name, hit in found.items() if hit}


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_no_list_and_no_page_prints_a_raw_value(client, model):
    row = make_row(model)
    stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert raw_values_of(client.get(reverse(f"{stem}_changelist"), {"q": str(row.pk)})) == {}
    assert raw_values_of(client.get(reverse(f"{stem}_changelist"))) == {}
    assert raw_values_of(client.get(reverse(f"{stem}_change", args=[row.pk]))) == {}


def test_no_page_of_a_customers_rows_prints_a_raw_value(client):
    rows = rows_about(CustomerFactory())
    assert Customer in rows
    for model, row in rows.items():
        if model in admin.site._registry:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
            assert raw_values_of(client.get(address)) == {}, address
