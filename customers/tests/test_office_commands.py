"""The page of a command: it asks, does, refuses with what was typed kept, and shows who came second what changed."""

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.admin import ClaimAdmin
from customers.models import Claim
from customers.tests import factories as make
from foundation.office.commands import Command, Done
from foundation.refusals import Refused
from foundation.tests.pages import carried_by, send_command

pytestmark = pytest.mark.django_db


class PlaceForm(forms.Form):
    place = forms.CharField(max_length=200)


class MovePlace(Command):
    """Record where it happened, while the claim is open."""

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


def test_a_command_is_done_and_the_page_of_the_row_reports_it(client, claim):
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


# --- A refusal names what it is about
class PickyPlace(MovePlace):
    """As above, with the refusal's field named."""

    def run(self, request, row, data):
        raise Refused("There is no such place.", field="place")


def test_a_refusal_about_a_field_marks_it_and_speaks_of_no_changes(client, claim, monkeypatch):
    monkeypatch.setattr(ClaimAdmin, "commands", [PickyPlace()])
    answer = client.post(address(claim), {"place": "Atlantide"}, headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert answer.context["form"].errors == {"place": ["There is no such place."]}
    assert "Look at the changes" not in answer.content.decode()


def test_a_refusal_about_no_field_speaks_of_no_changes(client, claim):
    answer = client.post(address(claim), {"place": "Atlantide"}, headers={"accept-language": "en"})
    assert "Look at the changes" not in answer.content.decode()
    assert "what you wrote is still here" in answer.content.decode()


# --- About no row: what was sent from a page once is not done again
class AddClaim(Command):
    """Make another claim, or refuse to."""

    name = "nuovo"
    label = "Add a claim"
    permission = "customers.view_claim"
    form_class = PlaceForm

    def run(self, request, row, data):
        if data["place"] == "Atlantide":
            raise Refused("There is no such place.")
        return Done("The claim was added.", page_of(make.ClaimFactory(place=data["place"])))


ADD = "/backoffice/customers/claim/comando/nuovo/"


@pytest.fixture
def added(monkeypatch):
    monkeypatch.setattr(ClaimAdmin, "list_commands", [AddClaim()])
    return lambda: Claim.objects.filter(place="Pavia").count()


def test_a_command_sent_twice_from_one_page_is_done_once_and_leads_to_the_same(client, added):
    sent = {"place": "Pavia"} | carried_by(client.get(ADD))
    first, again = client.post(ADD, sent), client.post(ADD, sent)
    assert added() == 1
    assert first.url == again.url == page_of(Claim.objects.get(place="Pavia"))


def test_something_else_sent_from_the_same_page_is_not_lost(client, added):
    page = carried_by(client.get(ADD))
    client.post(ADD, {"place": "Pavia"} | page)
    asked = client.post(ADD, {"place": "Lodi"} | page)
    assert (asked.status_code, asked.context["form"]["place"].value()) == (409, "Lodi")
    client.post(ADD, {"place": "Lodi"} | carried_by(asked))
    assert Claim.objects.filter(place="Lodi").count() == 1


def test_what_changes_nothing_is_done_as_often_as_it_is_sent(client, added, monkeypatch):
    monkeypatch.setattr(AddClaim, "changes_nothing", True)
    for _time in range(2):
        assert client.post(ADD, {"place": "Pavia"}).status_code == 302
    assert added() == 2


def test_a_page_opened_again_does_it_again(client, added):
    send_command(client, ADD, {"place": "Pavia"})
    send_command(client, ADD, {"place": "Pavia"})
    assert added() == 2


def test_what_was_refused_or_not_valid_may_be_sent_again_from_the_same_page(client, added):
    page = carried_by(client.get(ADD))
    refused = client.post(ADD, {"place": "Atlantide"} | page)
    lacking = client.post(ADD, {"place": ""} | page)
    assert carried_by(refused)["page_token"] == carried_by(lacking)["page_token"] == page["page_token"]
    client.post(ADD, {"place": "Pavia"} | page)
    assert added() == 1


@pytest.mark.parametrize("token", [{}, {"page_token": ""}, {"page_token": "x"}, {"page_token": "0" * 40}])
def test_a_page_without_its_token_does_nothing(client, added, token):
    assert client.post(ADD, {"place": "Pavia"} | token).status_code == 409
    assert added() == 0


def test_the_token_of_one_person_is_no_token_of_another(client, added):
    sent = {"place": "Pavia"} | carried_by(client.get(ADD))
    other = Client()
    other.force_login(make.UserFactory(role=roles.AGENT))
    client.post(ADD, sent)
    other.post(ADD, sent)
    assert added() == 2
