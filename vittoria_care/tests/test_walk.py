"""The walker misses nothing that can be asked of the project."""

import re

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, URLPattern, get_resolver, resolve, reverse

from vittoria_care.tests.walk import Address, Operation, addresses, operations

# Pages of ours that stand before those of allauth at the same address: one address, and two patterns.
OURS_BEFORE_ALLAUTHS = {
    "account_confirm_login_code",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
}


def test_every_pattern_is_there():
    def count(resolver):
        return sum(1 if isinstance(each, URLPattern) else count(each) for each in resolver.url_patterns)

    # The admin writes the old addresses of its pages ("…/<path:object_id>/") once per model, without a name of their own.
    walked = addresses()
    assert {each.name for each in walked} >= OURS_BEFORE_ALLAUTHS
    assert len(walked) + len(OURS_BEFORE_ALLAUTHS) == count(get_resolver())


def test_addresses_are_given_with_name_and_arguments():
    walked = addresses()
    assert Address("readyz", "readyz", ()) in walked
    assert (
        Address(
            "backoffice/customers/customer/<path:object_id>/change/", "admin:customers_customer_change", ("object_id",)
        )
        in walked
    )


def test_every_page_of_the_back_office_is_there():
    names = {address.name for address in addresses()}
    for model in admin.site._registry:
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert {f"{stem}_changelist", f"{stem}_change", f"{stem}_command", f"{stem}_list_command"} <= names


def test_every_name_leads_to_its_address():
    for address in addresses():
        if not address.name:
            continue
        try:
            found = reverse(address.name, kwargs=dict.fromkeys(address.arguments, "1"))
        except NoReverseMatch:
            continue  # an argument of a narrower shape, such as that of a password's reset
        assert found.startswith("/")


@pytest.mark.parametrize("address", [each for each in addresses() if not each.arguments], ids=lambda each: each.route)
def test_an_address_without_variable_parts_is_hidden_by_no_other(address):
    assert re.sub(r"[\^$\\]|\Z", "", resolve(address.example()).route) == address.route


def test_an_address_is_filled_in():
    assert Address("a/<int:pk>/<path:name>/", "", ("pk", "name")).example(name="x") == "/a/1/x/"


def test_every_operation_is_there():
    assert Operation("/api/v1/figures/", "get", "figures", ("figures:read",)) in operations()
    described = {address.example() for address in addresses() if address.route.startswith(("api/v1/", "accesso/app/"))}
    assert {operation.path for operation in operations()} == described
