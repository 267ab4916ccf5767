"""Operations in the back office: the list, the two buttons, and an agent who begins one for a customer."""

import re
import uuid

import pytest
import time_machine
from django.urls import reverse

from contact_center.models import Contact, WrapUpCode
from contact_center.operations.commands import begin_operation
from contact_center.tests.factories import AgentFactory, ContactFactory, TeamFactory
from customers import roles
from customers.models import AccessLog, Operation, Policy
from customers.tests.factories import (
    ClaimFactory,
    OperationFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from customers.tests.sign_in import signed_in, signed_in_as

pytestmark = pytest.mark.django_db
LIST = reverse("admin:customers_operation_changelist")
Kind = Operation.Kind


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-04T10:00:00+02:00", tick=False):
        yield


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


@pytest.fixture
def client(agent):
    return signed_in(agent.user)


@pytest.fixture
def policy():
    return PolicyFactory(holder=ReservedAreaAccountFactory().customer)


@pytest.fixture
def begun(policy):
    return begin_operation(
        Kind.SUSPENSION,
        customer=policy.holder,
        policy=policy,
        facts={"day": "2026-05-04", "understood": True},
        submission_key=uuid.uuid4(),
        by=policy.holder.reserved_area_accounts.get().user,
        channel="portal",
    )


def command(row, name):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_command", args=[row.pk, name])


def page_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def body(row, code="risolto", **fields):
    seen = {"seen_version": row.version} if isinstance(row, Contact) else {}
    return seen | {"code": WrapUpCode.objects.get(code=code).pk, "answer": ""} | fields


# --- The list and the page ----------------------------------------------------------------------------------------------
def test_the_list_shows_what_is_to_be_done_first(client, begun):
    done = OperationFactory(done=True)
    assert begun.operation.number in client.get(LIST).content.decode()
    assert done.number not in client.get(LIST).content.decode()
    assert done.number in client.get(f"{LIST}?work=all").content.decode()


@pytest.mark.parametrize("asked", ["number", "bare number", "policy", "name"])
def test_an_operation_is_found_by_what_people_say(client, begun, policy, asked):
    text = {"number": begun.operation.number, "bare number": str(begun.operation.pk), "policy": policy.number, "name": "rossi"}[asked]  # fmt: skip
    assert begun.operation.number in client.get(LIST, {"q": text}).content.decode()


def test_the_page_shows_the_facts_and_the_steps(client, begun):
    page = client.get(page_of(begun.operation)).content.decode()
    assert "4 maggio 2026" in page
    assert command(begun.operation, "esegui") in page
    assert AccessLog.objects.exists()


def test_the_list_costs_the_same_for_one_and_for_many(client, begun, django_assert_max_num_queries):
    counts = []
    for _round in range(2):
        with django_assert_max_num_queries(25) as counted:
            client.get(LIST)
        counts.append(len(counted))
        for _each in range(3):
            OperationFactory()
    assert counts[0] == counts[1]


# --- The two buttons ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", ["operation", "contact"])
def test_it_is_carried_out_from_its_page_and_from_its_contacts(client, begun, policy, where):
    row = getattr(begun, where)
    assert client.get(command(row, "esegui")).status_code == 200
    answer = client.post(command(row, "esegui"), body(row, answer="La copertura è sospesa."))
    assert (answer.status_code, answer.url) == (302, page_of(row))
    policy.refresh_from_db()
    contact = Contact.objects.get(pk=begun.contact.pk)
    assert (policy.state, contact.state, contact.wrap_up.code) == (Policy.State.SUSPENDED, "closed", "risolto")


def test_the_second_press_is_refused(client, begun):
    answers = [client.post(command(begun.operation, "esegui"), body(begun.operation)) for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert list(begun.operation.events.values_list("new", flat=True)) == ["asked", "done"]


def test_a_refusal_needs_its_reason(client, begun):
    address = command(begun.operation, "rifiuta")
    assert client.post(address, body(begun.operation)).status_code == 200
    assert client.post(address, body(begun.operation, code="informazione", answer="Non si può.")).status_code == 302
    operation = Operation.objects.get(pk=begun.operation.pk)
    assert (operation.state, operation.answer) == ("refused", "Non si può.")


def test_what_cannot_be_done_now_is_refused_in_words_and_the_answer_is_kept(client, begun, policy):
    Policy.objects.filter(pk=policy.pk).update(state="cancelled")
    page = client.post(command(begun.operation, "esegui"), body(begun.operation, answer="Ecco fatto"))
    assert page.status_code == 409
    assert "Ecco fatto" in page.content.decode()


def test_the_contacts_page_shows_what_it_carries_and_codes_that_leave_it_open(client, begun):
    page = client.get(page_of(begun.contact)).content.decode()
    assert page_of(begun.operation) in page
    form = client.get(command(begun.contact, "esito")).context["form"]
    assert {code.keeps_open for code in form.fields["code"].queryset} == {True}


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.COMPLAINT_OFFICER])
def test_others_read_and_do_nothing(begun, role):
    client = signed_in_as(role)
    assert client.get(page_of(begun.operation)).status_code == 200
    for name in ("esegui", "rifiuta"):
        assert client.post(command(begun.operation, name), body(begun.operation)).status_code == 403
    assert client.get(reverse("begin_operation", args=[begun.operation.customer_id])).status_code == 403


# --- For a caller -------------------------------------------------------------------------------------------------------
def begin_page(client, policy, *, kind="", about="policy", contact=None, data=None):
    address = reverse("begin_operation", args=[policy.holder_id])
    query = {"about": f"policy-{policy.pk}" if about == "policy" else about} if about else {}
    query |= {"kind": kind} if kind else {}
    query |= {"contact": contact.pk} if contact else {}
    address += "?" + "&".join(f"{name}={value}" for name, value in query.items())
    return client.get(address) if data is None else client.post(address, data)


def test_the_agent_chooses_what_it_is_about_and_what_to_do(client, policy):
    ClaimFactory(policy=policy, state="offered")
    first = begin_page(client, policy, about="").content.decode()
    assert f"about=policy-{policy.pk}" in first
    assert "about=customer" in first
    assert "about=claim-" in first
    second = begin_page(client, policy).content.decode()
    assert "kind=suspension" in second
    assert "kind=reactivation" not in second


def test_an_operation_begins_by_a_button_of_the_customers_file(client, policy):
    page = client.get(page_of(policy.holder)).content.decode()
    [buttons] = re.findall(r'<nav class="vc-commands".*?</nav>', page, re.DOTALL)
    address = reverse("begin_operation", args=[policy.holder_id])
    assert (f'href="{address}"' in buttons, page.count(f'href="{address}"')) == (True, 1)


def test_what_to_choose_from_stands_in_a_list_with_each_hint_on_its_own(client, policy):
    for about in ("", "policy"):
        page = begin_page(client, policy, about=about).content.decode()
        [choices] = re.findall(r'<ul class="vc-matters">.*?</ul>', page, re.DOTALL)
        assert "about=" in choices
        assert "</a> <span" not in choices


def test_an_operation_begun_in_a_call_is_carried_by_it(client, agent, policy):
    call = ContactFactory(by_phone=True, customer=policy.holder, owner=agent, agent=agent, state="in_progress")
    page = begin_page(client, policy, kind="suspension", contact=call)
    key = re.search(r'name="submission_key" value="([^"]+)"', page.content.decode())[1]
    data = {"submission_key": key, "day": "2026-05-04", "understood": "on"}
    answers = [begin_page(client, policy, kind="suspension", contact=call, data=data) for _twice in range(2)]
    assert [answer.url for answer in answers] == [page_of(call)] * 2
    operation = Operation.objects.get()
    call.refresh_from_db()
    assert (call.operation, operation.channel, operation.begun_by) == (operation, "phone", agent.user)


@pytest.mark.parametrize(("asked", "carried"), [("written", "post"), ("phone", "portal")])
def test_an_operation_asked_for_without_a_contact_opens_one_and_keeps_how_it_was_asked(
    client, agent, policy, asked, carried
):
    data = {"submission_key": uuid.uuid4(), "document": "contract", "channel": asked}
    answer = begin_page(client, policy, kind="copy", data=data)
    contact = Contact.objects.get()
    assert (answer.url, contact.channel, contact.operation.channel) == (page_of(contact), carried, asked)
    assert (contact.address, contact.events.get(kind="opened").by) == ("", agent.user)
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize("asked", [None, "", "portal", "pippo"])
def test_the_agent_says_how_the_customer_asked(client, policy, asked):
    data = {"submission_key": uuid.uuid4(), "document": "contract"} | ({} if asked is None else {"channel": asked})
    page = begin_page(client, policy, kind="copy", data=data)
    assert set(page.context["asked_by"].errors) == {"channel"}
    assert not Operation.objects.exists()


def test_of_a_contact_in_hand_its_channel_says_how_it_was_asked(client, agent, policy):
    letter = ContactFactory(customer=policy.holder, channel="post", owner=agent, state="in_progress")
    page = begin_page(client, policy, kind="copy", contact=letter)
    assert page.context["asked_by"] is None
    data = {"submission_key": uuid.uuid4(), "document": "contract", "channel": "phone"}
    begin_page(client, policy, kind="copy", contact=letter, data=data)
    assert Operation.objects.get().channel == "written"


def test_the_agent_sees_the_offer_that_is_answered_and_its_page_keeps_it(client, policy):
    claim = ClaimFactory(policy=policy, state="offered", offered_on="2026-05-04", offered_amount="1240.50")
    about = {"about": f"claim-{claim.pk}", "kind": "offer_refused"}
    assert "1.240,50\xa0€" in begin_page(client, policy, **about).content.decode()
    data = {"submission_key": uuid.uuid4(), "text": "Troppo poco", "channel": "phone", "offered_on": "2026-05-04"}
    stale = begin_page(client, policy, **about, data=data | {"offered_amount": "1500.00"})
    assert ("L’offerta è cambiata" in stale.content.decode(), Operation.objects.exists()) == (True, False)
    begin_page(client, policy, **about, data=data | {"offered_amount": "1240.50"})
    page = client.get(page_of(Operation.objects.get())).content.decode()
    assert ("1.240,50\xa0€" in page, "4 maggio 2026" in page) == (True, True)


def test_a_number_that_an_agent_was_given_is_stated(client, policy):
    data = {"submission_key": uuid.uuid4(), "phone": "333 999 8877", "channel": "phone"}
    answer = begin_page(client, policy, kind="phone", about="customer", data=data)
    assert answer.url == page_of(Operation.objects.get())
    point = policy.holder.contact_points.get()
    assert (point.value, point.verified_at, Operation.objects.get().is_self_service) == ("+393339998877", None, False)


@pytest.mark.parametrize("data", [{}, {"submission_key": "pippo"}, {"submission_key": str(uuid.uuid4()), "day": "ieri"}])  # fmt: skip
def test_what_is_not_whole_begins_nothing(client, policy, data):
    assert begin_page(client, policy, kind="suspension", data=data).status_code in (200, 409)
    assert not Operation.objects.exists()


def test_what_is_not_possible_is_refused_in_words(client, policy):
    Policy.objects.filter(pk=policy.pk).update(state="cancelled")
    data = {"submission_key": uuid.uuid4(), "day": "2026-05-04", "understood": "on", "channel": "written"}
    assert begin_page(client, policy, kind="suspension", data=data).status_code == 409


@pytest.mark.parametrize("about", ["policy-999999", "claim-1", "policy-x", "pippo-1"])
def test_what_is_not_the_customers_is_not_found(client, policy, about):
    other = PolicyFactory()
    assert begin_page(client, policy, about=f"policy-{other.pk}").status_code == 404
    assert begin_page(client, policy, about=about).status_code in (200, 404)


def test_a_contact_of_somebody_else_is_not_found(client, policy):
    assert begin_page(client, policy, contact=ContactFactory()).status_code == 404


def test_the_first_page_counts_what_is_to_be_done(client, begun):
    titles = {tile.title: tile.value for tile in client.get(reverse("admin:index")).context["tiles"]}
    assert "1" in titles.values()
    assert begun.operation.number in client.get(reverse("admin:customers_customer_change", args=[begun.operation.customer_id])).content.decode()  # fmt: skip
