"""A call is joined to what it is about: an open contact or a claim of the caller's; a claim is reported without leaving it."""

import pytest
from django.urls import reverse

from contact_center.claims.reporting import send_claim_report
from contact_center.desk import card as desk
from contact_center.desk.commands import join_call
from contact_center.models import Contact, ContactEvent
from contact_center.tests import factories as make
from customers import roles
from customers.tests import factories as people
from customers.tests.claim_answers import CRASH
from customers.tests.sign_in import signed_in
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
PAGE = "/backoffice/scrivania/"


@pytest.fixture
def agent():
    return make.AgentFactory(user=people.UserFactory(role=roles.AGENT))


@pytest.fixture
def client(agent):
    return signed_in(agent.user)


@pytest.fixture
def customer():
    return people.CustomerFactory()


@pytest.fixture
def call(agent, customer):
    """A call in hand of a customer who has been identified."""
    contact = make.CallFactory(
        agent=agent,
        contact__owner=agent,
        contact__state="in_progress",
        contact__wrap_up=None,
        contact__outcome="",
        contact__closed_at=None,
        contact__customer=customer,
    ).contact
    make.IdentityEventFactory(contact=contact, customer=customer, by=agent.user)
    return contact


def claim_of(customer, **fields):
    return people.ClaimFactory(policy__holder=customer, customer=customer, **fields)


def join(client, call, matter):
    return client.post(reverse("desk_join", args=[call.pk]), {"matter": matter})


def test_a_call_is_joined_to_a_claim_by_one_click_and_both_show_it(client, call, customer):
    claim = claim_of(customer)
    assert f'value="claim:{claim.pk}"' in client.get(PAGE).content.decode()
    join(client, call, f"claim:{claim.pk}")
    call.refresh_from_db()
    assert call.claim == claim
    assert claim.number in client.get(PAGE).content.decode()
    page = client.get(reverse("admin:customers_claim_change", args=[claim.pk])).content.decode()
    assert call.number in page


def test_a_call_goes_on_from_an_open_contact_and_both_show_it(client, call, customer):
    earlier = make.ContactFactory(customer=customer, channel="email", state="open")
    join(client, call, f"contact:{earlier.pk}")
    call.refresh_from_db()
    assert call.continues == earlier
    page = client.get(reverse("admin:contact_center_contact_change", args=[earlier.pk])).content.decode()
    assert f"prosegue in {call.number}" in page
    assert earlier.number in client.get(PAGE).content.decode()


def test_joining_twice_writes_once(call, customer, agent):
    claim, earlier = claim_of(customer), make.ContactFactory(customer=customer, channel="email", state="open")
    for matter in (claim, claim, earlier, earlier):
        join_call(call, matter=matter, by=agent.user)
    assert ContactEvent.objects.filter(kind="joined", contact=call).count() == 2
    assert ContactEvent.objects.filter(kind="joined", contact=earlier).count() == 1


def test_another_claim_takes_the_place_of_the_one_it_was_joined_to(call, customer, agent):
    join_call(call, matter=claim_of(customer), by=agent.user)
    other = claim_of(customer)
    assert join_call(call, matter=other, by=agent.user).claim == other


def test_the_key_joins_the_first_matter_and_none_once_the_call_is_joined(client, call, customer):
    claims = [claim_of(customer), claim_of(customer)]
    page = client.get(PAGE).content.decode()
    assert page.count('data-key="j"') == 1
    assert f'value="claim:{claims[1].pk}" data-key="j"' in page
    join(client, call, f"claim:{claims[1].pk}")
    page = client.get(PAGE).content.decode()
    assert 'data-key="j"' not in page
    assert f'value="claim:{claims[0].pk}"' in page


def test_a_call_of_ours_that_is_recorded_during_a_call_leads_back_to_the_desk(client, customer, call):
    people.ContactPointFactory(customer=customer, kind="phone", value="+393331234567")
    assert f"/comando/ho-telefonato/?torna={PAGE}" in client.get(PAGE).content.decode()


def test_what_is_somebody_elses_is_not_joined(call, agent):
    with pytest.raises(Refused) as refusal:
        join_call(call, matter=people.ClaimFactory(), by=agent.user)
    assert refusal.value.code == "not_theirs"


def test_a_call_does_not_go_on_from_itself(call, agent):
    with pytest.raises(Refused) as refusal:
        join_call(call, matter=call, by=agent.user)
    assert refusal.value.code == "from_itself"


@pytest.mark.parametrize("matter", ["", "claim:", "claim:x", "claim:999999", "customer:1", "contact:²"])
def test_what_is_no_matter_is_not_found(client, call, matter):
    assert join(client, call, matter).status_code == 404


def test_a_claim_reported_in_the_call_is_what_it_is_about(client, call, customer, agent, time_machine):
    time_machine.move_to("2026-05-04 08:00Z")
    policy = people.PolicyFactory(holder=customer)
    draft = people.ClaimDraftFactory(policy=policy, customer=customer, channel="phone", answers=CRASH)
    sent = send_claim_report(key=draft.key, customer=customer, by=agent.user, contact=call)
    call.refresh_from_db()
    assert call.claim == sent.claim
    back = client.get(reverse("office_report_sent", args=[sent.claim.pk]), {"contatto": call.pk})
    assert back.url == f"{PAGE}?contact={call.pk}"
    topic = make.TopicFactory(area="claims")
    guess = desk.guess(call, None, call.day)
    assert guess is not None
    assert (guess.topic.area, guess.why) == (topic.area, "la telefonata riguarda un sinistro")
    with pytest.raises(Refused) as refusal:
        join_call(call, matter=claim_of(customer), by=agent.user)
    assert refusal.value.code == "reported_another"


def test_a_report_that_was_sent_outside_a_call_leads_to_the_claim(client, customer):
    claim = claim_of(customer)
    people.ClaimReportFactory(claim=claim)
    number = make.ContactFactory(customer=customer).pk
    answer = client.get(reverse("office_report_sent", args=[claim.pk]), {"contatto": number})
    assert answer.url == reverse("admin:customers_claim_change", args=[claim.pk])


def test_two_calls_of_one_agent_are_both_shown(client, call, agent):
    second = make.CallFactory(
        agent=agent,
        contact__owner=agent,
        contact__state="in_progress",
        contact__wrap_up=None,
        contact__outcome="",
        contact__closed_at=None,
    ).contact
    page = client.get(PAGE)
    assert {each.pk for each in page.context["calls"]} == {call.pk, second.pk}
    assert client.get(PAGE, {"contact": call.pk}).context["contact"] == call
    assert Contact.objects.to_code().count() == 2


# --- What is closed meanwhile
@pytest.mark.parametrize("state", ["paid", "refused"])
def test_a_call_is_not_joined_to_a_claim_that_was_closed_meanwhile(client, call, customer, agent, state):
    facts = {"paid": {"paid_on": "2026-05-04", "paid_amount": 900}, "refused": {}}[state]
    claim = claim_of(customer, state=state, **facts)
    with pytest.raises(Refused) as refusal:
        join_call(call, matter=claim, by=agent.user)
    assert (refusal.value.code, claim.number in str(refusal.value)) == ("matter_closed", True)
    call.refresh_from_db()
    assert call.claim is None


def test_a_call_does_not_go_on_from_a_contact_that_was_closed_meanwhile(client, call, customer, agent):
    earlier = make.ContactFactory(customer=customer, channel="email", closed=True)
    with pytest.raises(Refused) as refusal:
        join_call(call, matter=earlier, by=agent.user)
    assert (refusal.value.code, earlier.number in str(refusal.value)) == ("matter_closed", True)
    call.refresh_from_db()
    earlier.refresh_from_db()
    assert (call.continues, earlier.state) == (None, "closed")


def test_what_a_call_is_joined_to_already_is_no_refusal_once_it_is_closed(call, customer, agent):
    earlier = make.ContactFactory(customer=customer, channel="email", state="open")
    join_call(call, matter=earlier, by=agent.user)
    Contact.objects.filter(pk=earlier.pk).update(state="closed", closed_at=call.started_at, outcome="unresolved")
    assert join_call(call, matter=earlier, by=agent.user).continues == earlier
