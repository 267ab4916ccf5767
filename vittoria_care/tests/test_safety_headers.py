"""What a browser may keep of an answer, and which powers of the device a page may ask for."""

import pytest
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.tests.factories import UserFactory
from foundation.api.keys import create_key
from vittoria_care.tests.walk import addresses

pytestmark = pytest.mark.django_db

PLAIN = sorted({each.route for each in addresses() if not each.arguments and not each.route.startswith("static")})
PROBES = {"/healthz", "/readyz", "/metrics"}  # answered before anybody is known; they say nothing of people
SHELL = {"/app.webmanifest", "/service-worker.js", "/fuori-rete/"}  # what a telephone keeps: the same for everybody


@pytest.fixture(scope="module")
def routes():
    return [f"/{route}" for route in PLAIN]


def test_no_page_shown_to_somebody_known_is_kept(routes):
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(role=roles.MANAGER))
    session = client.cookies["sessionid"].value
    kept = {}
    for route in set(routes) - PROBES - SHELL:
        client.cookies["sessionid"] = session  # a page that ends the session says nothing of the next
        answer = client.get(route)
        if "no-store" not in (header := answer.headers.get("Cache-Control", "")):
            kept[route] = (answer.status_code, header)
    assert kept == {}


def test_what_a_program_gets_is_not_kept():
    secret = create_key(name="site", source="site", scopes=["figures:read"], by=None)[1]
    address = reverse("api_figures") + "?from=2026-05-01&to=2026-05-31"
    answer = Client().get(address, headers={"authorization": f"Bearer {secret}"})
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_every_answer_gives_the_powers_of_the_device_away():
    for address in ("/", "/accesso/login/", "/backoffice/", "/niente"):
        policy = Client().get(address).headers["Permissions-Policy"]
        assert "camera=()" in policy
        assert "geolocation=()" in policy
