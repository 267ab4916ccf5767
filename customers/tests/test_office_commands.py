"""The page of a command: it asks, does, refuses with what was typed kept, and shows who came second what changed."""

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.admin import ClaimAdmin
from customers.models import Claim
from customers.office_commands import Command
from customers.refusals import Refused
from customers.tests import factories as make

pytestmark = pytest.mark.django_db


class PlaceForm(forms.Form):
    place = forms.CharField(max_length=200)


class MovePlace(Command):
    """Say where it happened, while the claim is open."""

    name = "luogo"
    label = "Change the place"
    permission = "customers.view_claim"
    form_class = PlaceForm

    def offered(self, request, row):
        return row.state in Claim.OPEN_STATES

    def form_arguments(self, request, row):
        return {"initial": {"place": row.place}}

    def run(self, request, row, data):
        row.place = data["place"]
        row.save(update_fields=["place"])
        if data["place"] == "Atlantide":
            raise Refused("There is no such place.")
        return "The place was changed."


@pytest.fixture
def claim(monkeypatch):
    monkeypatch.setattr(ClaimAdmin, "commands", [MovePlace()])
    return make.ClaimFactory(place="Milano")


@pytest.fixture
def client():
    client = Client()
    client.force_login(make.UserFactory(role=roles.AGENT))
    return client


def address(claim, name="luogo"):
    return reverse("admin:customers_claim_command", args=[claim.pk, name])


def page_of(claim):
    return reverse("admin:customers_claim_change", args=[claim.pk])


def test_the_page_of_a_row_shows_the_buttons_that_would_not_be_refused(client, claim):
    assert [button.url for button in client.get(page_of(claim)).context["command_buttons"]] == [address(claim)]
    Claim.objects.filter(pk=claim.pk).update(state="refused")
    assert client.get(page_of(claim)).context["command_buttons"] == []


def test_a_command_asks_with_what_is_known(client, claim):
    assert client.get(address(claim)).context["form"]["place"].value() == "Milano"


def test_a_command_is_done_and_says_so_on_the_page_of_the_row(client, claim):
    answer = client.post(address(claim), {"place": "Pavia"}, follow=True)
    claim.refresh_from_db()
    assert claim.place == "Pavia"
    assert answer.redirect_chain == [(page_of(claim), 302)]
    assert [str(message) for message in answer.context["messages"]] == ["The place was changed."]


def test_a_refusal_undoes_everything_and_keeps_what_was_typed(client, claim):
    answer = client.post(address(claim), {"place": "Atlantide"})
    claim.refresh_from_db()
    assert claim.place == "Milano"
    assert answer.status_code == 409
    assert answer.context["form"]["place"].value() == "Atlantide"
    assert "There is no such place." in answer.content.decode()


def test_what_is_not_valid_is_asked_again(client, claim):
    answer = client.post(address(claim), {"place": ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["place"])


def test_what_cannot_be_done_any_more_is_refused(client, claim):
    Claim.objects.filter(pk=claim.pk).update(state="refused")
    assert client.get(address(claim)).status_code == 409
    assert client.post(address(claim), {"place": "Pavia"}).status_code == 409
    claim.refresh_from_db()
    assert claim.place == "Milano"


def test_without_the_permission_a_command_is_forbidden(client, claim, monkeypatch):
    monkeypatch.setattr(MovePlace, "permission", "customers.change_policy")
    assert client.get(address(claim)).status_code == 403
    assert client.post(address(claim), {"place": "Pavia"}).status_code == 403


def test_another_agencys_row_is_not_found(claim):
    client = Client()
    client.force_login(make.AgencyMemberFactory().user)
    assert client.get(address(claim)).status_code == 404
    assert client.post(address(claim), {"place": "Pavia"}).status_code == 404


def test_an_unknown_command_is_not_found(client, claim):
    assert client.get(address(claim, "altro")).status_code == 404
