"""The setting that names the providers of OpenID Connect: what is wrong with it is said in words, before anything starts."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from vittoria_care.sign_in.openid_connect.providers import FISCAL_NUMBER, read_providers

CUSTOMERS = {
    "id": "spid",
    "name": "SPID",
    "server": "https://aggregator.example/",
    "client_id": "us",
    "client_secret": "secret",
    "serves": "customers",
    "acr_values": ["L2"],
}
STAFF = CUSTOMERS | {"id": "azienda", "serves": "staff", "domains": ["Ditta.example"]}


def read(*entries):
    return read_providers(json.dumps(entries))


def test_without_the_setting_there_is_no_provider():
    assert read_providers("") == []


def test_an_entry_is_read_with_what_it_leaves_out():
    customers, staff = read(CUSTOMERS, STAFF)
    assert (customers.server, customers.claim, customers.scope) == (
        "https://aggregator.example",
        FISCAL_NUMBER,
        ("openid",),
    )
    assert (staff.claim, staff.domains, staff.second_factor) == ("email", {"ditta.example"}, frozenset())


def test_the_list_may_be_in_a_file(tmp_path):
    file = tmp_path / "providers.json"
    file.write_text(json.dumps([CUSTOMERS]))
    assert [each.id for each in read_providers(str(file))] == ["spid"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"nome": "SPID"}, "nome, which nothing reads"),
        ({"serves": "everybody"}, "serves is customers or staff"),
        ({"client_secret": " "}, "client_secret is missing"),
        ({"id": "Spid/2"}, "part of an address"),
        ({"id": "iscrizione"}, "part of an address"),
        ({"name": "x" * 41}, "longer than 40"),
        ({"scope": "openid"}, "scope is a list of texts"),
        ({"parameters": ["prompt"]}, "parameters is an object"),
        ({"server": "http://aggregator.example"}, "https:// address"),
        ({"acr_values": []}, "acr_values names the levels"),
        ({"serves": "staff"}, "domains names the company's own"),
    ],
)
def test_a_wrong_entry_is_named_with_what_to_write(wrong, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        read(CUSTOMERS | wrong)


@pytest.mark.parametrize(
    ("text", "said"),
    [("[", "it is not JSON"), ("[1]", "no list of objects"), ("/non/esiste.json", "cannot be read"), (json.dumps([CUSTOMERS] * 2), "the same id")],
)  # fmt: skip
def test_a_setting_that_is_no_list_of_providers_is_refused(text, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        read_providers(text)
