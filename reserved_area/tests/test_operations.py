"""The reserved area's room about operations: ask, confirm, follow, take back; and one's own data by a code."""

import re
import uuid
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contact_center.models import Contact
from customers.models import Operation, ProofCode
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    OperationFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    PolicyValueFactory,
    ReservedAreaAccountFactory,
)
from notifications.models import Notice

pytestmark = pytest.mark.django_db
Kind = Operation.Kind
IBAN = "IT60X0542811101000000123456"


@pytest.fixture(autouse=True)
def _today(settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path
    with time_machine.travel("2026-05-04T10:00:00+02:00", tick=False):
        yield


@pytest.fixture
def account():
    account = ReservedAreaAccountFactory()
    ContactPointFactory(customer=account.customer, value="+393331112233")
    return account


@pytest.fixture
def client(account):
    client = Client(headers={"accept-language": "en"})
    client.force_login(account.user)
    return client


@pytest.fixture
def policy(account):
    return PolicyFactory(holder=account.customer)


def of_policy(policy, kind=Kind.SUSPENSION):
    return reverse("portal_policy_operation", args=[policy.pk, kind.value])


def of_claim(claim, kind):
    return reverse("portal_claim_operation", args=[claim.pk, kind.value])


def own(kind):
    return reverse("portal_own_operation", args=[kind.value])


def opened(client, address):
    """What a browser would send of the form as it is shown, opened a while ago."""
    with time_machine.travel("2026-05-04T09:59:00+02:00", tick=False):
        form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def send(client, to, step="send", data=None, **fields):
    return client.post(to, (data or opened(client, to)) | {"step": step} | fields)


# --- What is offered ----------------------------------------------------------------------------------------------------
def test_a_policys_page_offers_what_can_be_done_and_says_why_not(client, policy):
    page = client.get(reverse("portal_policy", args=[policy.pk])).content.decode()
    assert f'href="{of_policy(policy)}"' in page
    assert f'href="{of_policy(policy, Kind.REACTIVATION)}"' not in page
    assert "The cover is not suspended" in page


def test_somebody_only_covered_is_offered_nothing(client, account):
    policy = PolicyAdherentFactory(customer=account.customer).policy
    assert client.get(reverse("portal_policy", args=[policy.pk])).context.get("offers") is None
    assert client.get(of_policy(policy)).status_code == 404


def test_the_profile_offers_the_change_of_ones_own_data(client):
    page = client.get(reverse("portal_profile")).content.decode()
    for kind in (Kind.PHONE, Kind.EMAIL, Kind.ADDRESS):
        assert f'href="{own(kind)}"' in page


def test_what_is_waiting_leads_to_its_receipt(client, policy):
    operation = OperationFactory(policy=policy)
    page = client.get(reverse("portal_policy", args=[policy.pk])).content.decode()
    assert reverse("portal_operation", args=[operation.pk]) in page
    assert operation.number in page
    answer = client.get(of_policy(policy))
    assert (answer.status_code, answer.url) == (302, reverse("portal_operation", args=[operation.pk]))


# --- Asking -------------------------------------------------------------------------------------------------------------
def test_what_was_written_is_shown_before_it_is_sent(client, policy):
    page = send(client, of_policy(policy), "check", day="2026-05-10", understood="on")
    assert page.status_code == 200
    assert dict(page.context["facts"])["From which day"] == "10 May 2026"
    assert not Operation.objects.exists()


def test_it_can_be_corrected_before_it_is_sent(client, policy):
    page = send(client, of_policy(policy), "correct", day="2026-05-10", understood="on")
    assert page.status_code == 200
    assert page.context["form"]["day"].value() == "2026-05-10"
    assert not Operation.objects.exists()


def test_once_confirmed_it_is_sent_and_has_a_receipt(client, policy):
    checked = send(client, of_policy(policy), "check", day="2026-05-10", understood="on")
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', checked.content.decode()))
    answer = client.post(of_policy(policy), hidden | {"step": "send"})
    operation = Operation.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("portal_operation", args=[operation.pk]))
    assert operation.facts == {"day": "2026-05-10", "understood": True}
    page = client.get(answer.url).content.decode()
    assert operation.number in page
    assert reverse("portal_request", args=[Contact.objects.get().pk]) in page


def test_that_it_was_received_stands_there_right_after_sending_and_not_later(client, policy):
    receipt = send(client, of_policy(policy), day="2026-05-10", understood="on").url
    pages = [client.get(receipt).content.decode() for _twice in range(2)]
    assert ["We have received it" in page for page in pages] == [True, False]


@pytest.mark.parametrize(("seen_on", "is_late"), [("2026-05-04", False), ("2026-07-20", True)])
def test_an_answer_that_is_overdue_is_called_late_and_no_promise(client, policy, seen_on, is_late):
    receipt = send(client, of_policy(policy), day="2026-05-10", understood="on").url
    with time_machine.travel(f"{seen_on}T11:00:00+02:00", tick=False):
        page = client.get(receipt).content.decode()
    assert ("we are late: the answer was due by" in page, "answer by" in page) == (is_late, not is_late)


def test_while_we_wait_for_the_customer_no_answer_is_promised(client, policy):
    receipt = send(client, of_policy(policy), day="2026-05-10", understood="on").url
    Contact.objects.update(state="waiting")
    page = client.get(receipt).content.decode()
    assert ("wait for your answer" in page, "answer by" in page) == (True, False)


def test_a_double_click_asks_once(client, policy):
    data = opened(client, of_policy(policy)) | {"day": "2026-05-10", "understood": "on"}
    answers = [send(client, of_policy(policy), data=data) for _twice in range(2)]
    assert answers[0].url == answers[1].url
    assert Operation.objects.count() == Contact.objects.count() == 1


def test_asked_twice_in_two_pages_it_leads_to_the_first(client, policy):
    pages = [opened(client, of_policy(policy)) | {"day": "2026-05-10", "understood": "on"} for _two in range(2)]
    answers = [send(client, of_policy(policy), data=page) for page in pages]
    assert answers[0].url == answers[1].url
    assert Operation.objects.count() == 1


def test_a_wrong_answer_is_marked_and_nothing_is_sent(client, policy):
    page = send(client, of_policy(policy), day="2027-05-10", understood="on")
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"day"})
    assert not Operation.objects.exists()


def test_what_became_impossible_meanwhile_is_refused_in_words(client, policy):
    data = opened(client, of_policy(policy)) | {"day": "2026-05-10", "understood": "on"}
    policy.state = "cancelled"
    policy.save()
    for step in ("check", "send"):
        page = send(client, of_policy(policy), step, data=data)
        assert page.status_code == 409
        assert "cancelled" in page.content.decode()


@pytest.mark.parametrize("text", ["x" * 10_000, "😀" * 100, "שלום עולם"])
def test_any_words_are_taken_or_refused_and_none_breaks_the_page(client, account, text):
    claim = ClaimFactory(customer=account.customer, state="offered")
    page = send(client, of_claim(claim, Kind.OFFER_REFUSED), text=text)
    assert page.status_code == (422 if len(text) > 2_000 else 302)


@pytest.mark.parametrize("kind", ["payment", "pippo", "offer_accepted", "phone"])
def test_a_kind_that_is_not_about_policies_is_not_found(client, policy, kind):
    assert client.get(reverse("portal_policy_operation", args=[policy.pk, kind])).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_somebody_elses_is_not_found_by_any_door(client, method):
    policy, operation = PolicyFactory(), OperationFactory()
    claim = ClaimFactory(policy=policy, state="offered")
    proof = ProofCode.objects.create(
        key=uuid.uuid4(), customer=policy.holder, by=ReservedAreaAccountFactory().user, kind="phone",
        value="+393330000000", digest="0" * 64, expires_at="2030-01-01T00:00Z",
    )  # fmt: skip
    addresses = [
        of_policy(policy),
        of_claim(claim, Kind.OFFER_ACCEPTED),
        reverse("portal_operation", args=[operation.pk]),
        reverse("portal_operation_withdraw", args=[operation.pk]),
        reverse("portal_operation_code", args=[proof.key]),
    ]
    for address in addresses:
        answer = getattr(client, method)(address, {"step": "send", "code": "123456"})
        assert answer.status_code in (404, 405), address
    assert Operation.objects.get().state == "asked"


def test_the_holder_of_the_policy_does_not_answer_the_offer_made_to_another(client, policy):
    claim = ClaimFactory(policy=policy, customer=ReservedAreaAccountFactory().customer, state="offered")
    page = client.get(reverse("portal_claim", args=[claim.pk]))
    assert page.context["offers"] == []
    assert client.get(of_claim(claim, Kind.OFFER_ACCEPTED)).status_code == 404


# --- What is to be known before -----------------------------------------------------------------------------------------
def test_accepting_an_offer_names_the_day_by_which_the_law_has_it_paid(client, account):
    claim = ClaimFactory(customer=account.customer, state="offered", offered_on=date(2026, 4, 30))
    page = client.get(of_claim(claim, Kind.OFFER_ACCEPTED))
    assert "19 May 2026" in page.content.decode()
    send(client, of_claim(claim, Kind.OFFER_ACCEPTED), iban=IBAN, owner="Maria Rossi", understood="on")
    claim.refresh_from_db()
    assert (claim.state, claim.accepted_on) == ("accepted", date(2026, 5, 4))


ANSWERS = {Kind.OFFER_ACCEPTED: {"iban": IBAN, "owner": "Maria Rossi", "understood": "on"}, Kind.OFFER_REFUSED: {"text": "Troppo poco"}}  # fmt: skip


def offered_claim(account, **facts):
    return ClaimFactory(customer=account.customer, state="offered", offered_on=date(2026, 4, 30), **facts)


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_amount_of_the_offer_is_on_the_form_the_confirmation_and_the_receipt(client, account, kind):
    to = of_claim(offered_claim(account, offered_amount=Decimal("1240.50")), kind)
    pages = [client.get(to), send(client, to, step="check", **ANSWERS[kind])]
    answer = send(client, to, **ANSWERS[kind])
    assert answer.status_code == 302
    pages.append(client.get(answer.url))
    for page in pages:
        text = page.content.decode()
        assert ("1,240.50\xa0€" in text, "30 April 2026" in text) == (True, True)
    facts = Operation.objects.get().facts
    assert (facts["offered_amount"], facts["offered_on"]) == ("1240.50", "2026-04-30")


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_offer_whose_amount_is_not_known_says_where_it_is(client, account, kind):
    to = of_claim(offered_claim(account), kind)
    assert "the amount is in the letter of the offer" in client.get(to).content.decode()
    assert send(client, to, **ANSWERS[kind]).status_code == 302


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("step", ["check", "send"])
def test_an_offer_that_changed_meanwhile_is_not_answered_and_the_new_one_is_shown(client, account, kind, step):
    claim = offered_claim(account, offered_amount=Decimal("1240.50"))
    to = of_claim(claim, kind)
    data = opened(client, to) | ANSWERS[kind]
    claim.offered_amount = Decimal("900")
    claim.save()
    page = send(client, to, step, data)
    text = page.content.decode()
    assert (page.status_code, "The offer has changed" in text, "900.00\xa0€" in text) == (422, True, True)
    assert page.context["form"]["offered_amount"].value() == "900.00"
    assert 'name="understood" id="id_understood" checked' not in text
    assert not Operation.objects.exists()
    again = data | {"offered_amount": "900.00"}
    assert send(client, to, "send", again).status_code == 302


@pytest.mark.parametrize("seen", ["", "pippo", "1e5", "x" * 5000])
def test_an_offer_that_nobody_made_is_not_answered(client, account, seen):
    to = of_claim(offered_claim(account, offered_amount=Decimal("1240.50")), Kind.OFFER_ACCEPTED)
    page = send(client, to, offered_amount=seen, **ANSWERS[Kind.OFFER_ACCEPTED])
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"__all__"})


@pytest.mark.parametrize("is_known", [True, False])
def test_a_surrender_shows_the_value_and_its_day_or_that_it_is_not_known(client, account, is_known):
    policy = PolicyFactory(holder=account.customer, ramo="I", plate="")
    if is_known:
        PolicyValueFactory(policy=policy, amount=Decimal("12500.00"), valued_on=date(2026, 4, 30))
    page = client.get(of_policy(policy, Kind.SURRENDER)).content.decode()
    assert ("30 April 2026" in page and "12,500.00" in page) is is_known
    assert ("is not known here" in page) is not is_known
    assert ("Not every life contract can be surrendered" in page) is not is_known


def test_a_part_beyond_the_value_is_refused(client, account):
    policy = PolicyValueFactory(
        policy=PolicyFactory(holder=account.customer, ramo="I", plate=""), amount=Decimal("12500.00")
    ).policy
    page = send(client, of_policy(policy, Kind.SURRENDER), extent="part", amount="12500.00", iban=IBAN, owner="Maria Rossi")  # fmt: skip
    assert set(page.context["form"].errors) == {"amount"}


# --- The list, the steps, taking back -----------------------------------------------------------------------------------
def test_the_list_costs_the_same_for_one_and_for_many(client, account, django_assert_max_num_queries):
    address, counts = reverse("portal_operations"), []
    for _round in range(2):
        for _each in range(3):
            OperationFactory(policy=PolicyFactory(holder=account.customer), done=True)
        with django_assert_max_num_queries(20) as counted:
            assert client.get(address).status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_a_refusal_shows_its_reason(client, policy):
    operation = OperationFactory(policy=policy, state="refused", answer="Il contratto non lo consente.", ended_at="2026-05-04T08:00Z")  # fmt: skip
    assert (
        "Il contratto non lo consente."
        in client.get(reverse("portal_operation", args=[operation.pk])).content.decode()
    )


def test_what_was_asked_can_be_taken_back(client, policy):
    send(client, of_policy(policy), day="2026-05-10", understood="on")
    operation = Operation.objects.get()
    address = reverse("portal_operation_withdraw", args=[operation.pk])
    for _twice in range(2):
        assert client.post(address).status_code == 302
    operation.refresh_from_db()
    assert operation.state == "withdrawn"
    assert address not in client.get(reverse("portal_operation", args=[operation.pk])).content.decode()


def test_the_conversation_about_it_takes_a_message(client, policy):
    send(client, of_policy(policy), day="2026-05-10", understood="on")
    contact = Contact.objects.get()
    page = client.get(reverse("portal_request", args=[contact.pk]))
    assert "10 maggio 2026" in page.content.decode()  # in the language of the customer
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in ("submission_key", "opened")} | {"text": "Ecco il libretto."}
    with time_machine.travel("2026-05-04T10:01:00+02:00", tick=False):
        client.post(reverse("portal_request_message", args=[contact.pk]), data)
    assert [message.text for message in contact.messages.order_by("pk")][-1] == "Ecco il libretto."


# --- One's own data -----------------------------------------------------------------------------------------------------
def ask_code(client, **fields):
    answer = send(client, own(Kind.PHONE), "check", phone="333 999 8877", replaces="+393331112233", **fields)
    assert answer.status_code == 302
    return answer.url


def code_sent():
    return re.search(r"\b[0-9]{6}\b", Notice.objects.filter(channel="sms", kind="code-sms").latest("pk").body_text)[0]


def test_a_number_is_changed_by_the_code_sent_to_it(client, account):
    page = ask_code(client)
    assert "333 999 8877" in client.get(page).content.decode()
    code = code_sent()
    answer = client.post(page, {"code": f"{code[:3]} {code[3:]}"})
    operation = Operation.objects.get()
    assert answer.url == reverse("portal_operation", args=[operation.pk])
    assert list(account.customer.contact_points.values_list("value", flat=True)) == ["+393339998877"]
    assert client.get(page).url == client.post(page, {"code": code}).url == answer.url
    assert Operation.objects.count() == 1


def test_a_wrong_code_can_be_written_again_five_times(client, account):
    page, code = ask_code(client), code_sent()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for tried in range(1, 6):
        answer = client.post(page, {"code": wrong})
        assert (answer.status_code, answer.context["is_over"]) == (422, tried == 5)
    assert client.post(page, {"code": code}).status_code == 422
    assert not Operation.objects.exists()


def test_an_empty_code_is_asked_for_again(client):
    page = ask_code(client)
    assert client.post(page, {}).status_code == 422


def test_without_an_sms_provider_the_page_says_whom_to_ask(client, settings):
    settings.SMS_PROVIDER = ""
    assert "why_not" in client.get(own(Kind.PHONE)).context
    assert client.get(own(Kind.PHONE)).context["why_not"]


def test_an_address_is_changed_at_once(client, account):
    fields = {"address": "Via Nuova 3", "postal_code": "20121", "city": "Milano", "province": "milano"}
    send(client, own(Kind.ADDRESS), **fields)
    account.customer.refresh_from_db()
    assert (account.customer.address, account.customer.province) == ("Via Nuova 3", "MI")
    assert Operation.objects.get().is_self_service
    assert not Contact.objects.exists()


def test_the_language_of_the_profile_is_an_operation_too(client, account):
    for _twice in range(2):
        client.post(reverse("portal_language"), {"language": "en"})
    account.customer.refresh_from_db()
    assert account.customer.language == "en"
    assert Operation.objects.filter(kind=Kind.LANGUAGE).count() == 1


def test_a_number_that_begins_like_an_order_is_refused(client):
    page = send(client, own(Kind.PHONE), "check", phone="999", replaces="")
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"phone"})
