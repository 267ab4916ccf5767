"""Taking a claim in charge: the claim has its people, and the customer is informed in the same transaction, once."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from customers import roles
from customers.models import Claim
from customers.tests.factories import ClaimFactory, UserFactory
from customers.tests.sign_in import signed_in_as
from foundation.refusals import Refused
from notifications.claims import take_claim_in_charge
from notifications.deadlines import plan_alerts
from notifications.models import Notice

pytestmark = pytest.mark.django_db

PEOPLE = {
    "adjuster": "dott.ssa Nora Pavan",
    "adjuster_phone": "02 55501401",
    "assessor": "Studio peritale Actis",
    "repairer": "",
}


def take(claim, **changes):
    return take_claim_in_charge(claim, by=UserFactory(role=roles.AGENT), **PEOPLE | changes)


def test_the_claim_has_its_people_and_the_customer_is_informed():
    claim = take(ClaimFactory())
    assert (claim.state, claim.adjuster_phone) == (Claim.State.TAKEN_IN_CHARGE, "+390255501401")
    [notice] = Notice.objects.all()
    assert (notice.kind, notice.customer) == ("claim-taken-in-charge", claim.customer)
    for wanted in (claim.number, "Nora Pavan", "+390255501401", "Studio peritale Actis", claim.policy.number):
        assert wanted in notice.body_text


def test_a_claim_is_taken_in_charge_once():
    claim = ClaimFactory()
    take(claim)
    with pytest.raises(Refused) as refused:
        take(claim)
    assert refused.value.code == "claim_taken_already"
    assert Notice.objects.count() == 1


def test_a_telephone_that_is_none_is_refused_and_nothing_is_done():
    claim = ClaimFactory()
    with pytest.raises(ValidationError):
        take(claim, adjuster_phone="interno 12")
    claim.refresh_from_db()
    assert (claim.state, Notice.objects.count()) == (Claim.State.REPORTED, 0)


def test_the_nightly_plan_does_not_tell_it_again():
    claim = take(ClaimFactory())
    ClaimFactory(reported_on="2025-01-10", occurred_on="2025-01-10", created_at="2025-01-10T10:00Z")
    assert plan_alerts(claim.reported_on)["claim-taken-in-charge"] == 0


# --- From its page in the back office
def address(claim):
    return reverse("admin:customers_claim_command", args=[claim.pk, "presa-in-carico"])


@pytest.mark.parametrize("role", [roles.AGENT, roles.SPECIALIST])
def test_an_agent_or_a_specialist_takes_it_from_its_page(role):
    claim, client = ClaimFactory(), signed_in_as(role)
    assert client.get(address(claim)).status_code == 200
    assert client.post(address(claim), PEOPLE).status_code == 302
    claim.refresh_from_db()
    assert claim.state == Claim.State.TAKEN_IN_CHARGE
    assert client.post(address(claim), PEOPLE).status_code == 409
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.COMPLAINT_OFFICER])
def test_others_may_not(role):
    claim = ClaimFactory()
    assert signed_in_as(role).post(address(claim), PEOPLE).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"adjuster": ""}, "adjuster"), ({"adjuster_phone": "abc"}, "adjuster_phone"), ({"assessor": "x" * 10_000}, "assessor")],
)  # fmt: skip
def test_what_is_not_valid_is_asked_again(changes, field):
    claim = ClaimFactory()
    answer = signed_in_as(roles.AGENT).post(address(claim), PEOPLE | changes)
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["repairer"].value() == PEOPLE["repairer"]
