"""Every door of the reserved area with people who may do one thing, or only look: the table of doors says what each needs."""

import re
from uuid import UUID

import pytest
from django.conf import settings
from django.urls import get_resolver, resolve, reverse

from customers.models import Claim, Policy
from customers.models.account import Right
from customers.tests.factories import (
    ClaimFactory,
    DocumentFactory,
    InstalmentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
)
from vittoria_care.rights import PORTAL

pytestmark = pytest.mark.django_db

NOBODYS = UUID(int=7)
# What fills the variable parts of an address: of nobody, for what a person may do is asked before whose the row is.
VALUES = {
    "pk": 999_999_999,
    "asked": 1,
    "key": NOBODYS,
    "file": NOBODYS,
    "step": "evento",
    "kind": "address",
    "purpose": "marketing",
    "channel": "email",
}
SENDS = [door for door in PORTAL if "POST" in door.methods]
LOOKS = [door for door in PORTAL if "GET" in door.methods]


def address_of(door):
    names = get_resolver(settings.ROOT_URLCONF).reverse_dict.getlist(door.address)[0][0][0][1]
    return reverse(door.address, kwargs={name: VALUES[name] for name in names})


def opened_by(client, account, method, doors):
    """The doors at which a person who acts by the account is not refused for what they may do; no page is drawn."""
    client.force_login(account.user)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")
        return {door.address for door in doors if getattr(client, method)(address_of(door)).status_code != 403}


@pytest.mark.parametrize("right", [None, *Right])
def test_a_person_opens_the_doors_of_what_they_may_do_and_no_others(client, right):
    account = ReservedAreaAccountFactory(member=True, rights=[right] if right else [])
    may = (None, right)
    assert opened_by(client, account, "get", LOOKS) == {door.address for door in LOOKS if door.right in may}
    assert opened_by(client, account, "post", SENDS) == {
        door.address for door in SENDS if door.right in may and door.right_to_send in may
    }


def test_an_heir_opens_what_is_for_heirs(client):
    account = ReservedAreaAccountFactory(by_document=True, capacity="heir", rights=["report"])
    assert opened_by(client, account, "get", LOOKS) == {door.address for door in LOOKS if door.for_heirs}
    assert opened_by(client, account, "post", SENDS) == {door.address for door in SENDS if door.for_heirs}


def test_an_heir_who_only_looks_reports_nothing(client):
    account = ReservedAreaAccountFactory(by_document=True, capacity="heir")
    looks = {door.address for door in LOOKS if door.for_heirs and door.right is None}
    assert opened_by(client, account, "get", LOOKS) == looks


def test_the_customer_in_person_opens_every_door(client):
    assert opened_by(client, ReservedAreaAccountFactory(), "get", LOOKS) == {door.address for door in LOOKS}


def test_a_page_says_which_permission_is_missing(client):
    account = ReservedAreaAccountFactory(member=True, rights=[])
    client.force_login(account.user)
    answer = client.get(reverse("portal_write"))
    assert answer.status_code == 403
    assert "chiedere e scrivere" in answer.content.decode()


def is_a_room(door):
    """Whether everybody opens it who acts for the customer, and its address has no variable part."""
    return (
        door.right is None and not get_resolver(settings.ROOT_URLCONF).reverse_dict.getlist(door.address)[0][0][0][1]
    )


ROOMS = sorted(door.address for door in LOOKS if is_a_room(door))


@pytest.fixture
def watcher():
    """Somebody of a firm who may look and do nothing else; the firm has something in every room."""
    account = ReservedAreaAccountFactory(member=True, rights=[])
    policy = PolicyFactory(holder=account.customer)
    InstalmentFactory(policy=policy)
    ClaimFactory(policy=policy)
    DocumentFactory(customer=account.customer, policy=policy)
    return account


def closed_to(page, may=()):
    """The links of a page, and the addresses to which its forms are sent, for which a right is needed that is not among these."""
    opens = {door.address: {door.right} for door in PORTAL}
    sends = {door.address: {door.right, door.right_to_send} for door in PORTAL}
    found = [(path, opens) for path in re.findall(r'href="(/area-riservata/[^"?#]*)', page)]
    found += [(path, sends) for path in re.findall(r'action="(/area-riservata/[^"?#]*)', page)]
    return sorted({path for path, rights in found if rights.get(resolve(path).url_name, set()) - {None, *may}})


@pytest.mark.parametrize("room", ROOMS)
def test_no_link_of_a_room_leads_to_a_door_that_would_be_closed(client, watcher, room):
    client.force_login(watcher.user)
    assert closed_to(client.get(reverse(room)).content.decode()) == []


@pytest.mark.parametrize("address", ["portal_policy", "portal_claim"])
def test_no_link_beside_a_row_leads_to_a_door_that_would_be_closed(client, watcher, address):
    client.force_login(watcher.user)
    row = {"portal_policy": Policy, "portal_claim": Claim}[address].objects.get()
    assert closed_to(client.get(reverse(address, args=[row.pk])).content.decode()) == []


def test_who_may_ask_finds_the_links_to_write(client, watcher):
    watcher.rights = [Right.ASK.value]
    watcher.save()
    client.force_login(watcher.user)
    assert reverse("portal_write") in client.get(reverse("portal_my_data")).content.decode()
