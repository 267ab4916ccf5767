"""The schema of the API, and the page that draws it from our own files."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from vittoria_care.tests.walk import operations

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client):
    return client.get(reverse("schema"), {"format": "json"}).json()


def test_the_schema_is_openapi_3_1(schema):
    assert schema["openapi"] == "3.1.0"
    assert schema["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"


def test_every_operation_tells_its_problems(schema):
    answers = [
        operation["responses"]["default"]["content"]
        for path in schema["paths"].values()
        for name, operation in path.items()
        if name != "parameters"
    ]
    assert len(answers) == len(operations()) > 0
    assert {tuple(each) for each in answers} == {("application/problem+json",)}


def test_a_door_for_keys_names_its_scope(schema):
    assert {"apiKey": ["figures:read"]} in schema["paths"]["/api/v1/figures/"]["get"]["security"]


def test_the_page_takes_everything_from_here(client):
    answer = client.get(reverse("api_docs"))
    assert answer.status_code == 200
    page = answer.content.decode()
    taken = re.findall(r'(?:src|href|data-schema)="([^"#]+)"', page)
    assert [address for address in taken if not address.startswith("/") or address.startswith("//")] == []
    for address in taken:
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
    assert reverse("schema") in taken
    assert "<script>" not in page


def policy(answer):
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {part[0]: part[1:] for part in parts if part}


def test_only_styles_are_relaxed_and_on_this_page_alone(client):
    relaxed, strict = policy(client.get(reverse("api_docs"))), policy(client.get(reverse("home")))
    assert relaxed.pop("style-src") == ["'self'", "'unsafe-inline'"]
    assert relaxed == strict
    assert strict["default-src"] == ["'self'"]
