"""What a customer may ask to have done, when it is refused, and what is written of it."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from customers.models import Claim, ContactPoint, Operation, Policy
from customers.operations import checks, commands, forms
from customers.operations.commands import AskedAlready, ask_operation, record_self_service
from customers.operations.frequency import frequency_of
from customers.operations.kinds import ENTRIES, KINDS, facts_shown, offers_about
from customers.operations.notes import notes_before
from customers.operations.subjects import Subject, subject_of
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    InstalmentFactory,
    OperationFactory,
    PolicyFactory,
    PolicyValueFactory,
    UserFactory,
)
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 4)
Kind, State = Operation.Kind, Operation.State
SUSPENSION = {"day": "2026-05-04", "understood": True}
IBAN = "IT60X0542811101000000123456"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-04T10:00:00+02:00", tick=False), translation.override("it"):
        yield


@pytest.fixture
def policy():
    return PolicyFactory()


def ask(kind, *, policy=None, claim=None, customer=None, facts=None, key=None, channel="portal", by=None):
    customer = customer or (claim.customer if claim else policy.holder)
    return ask_operation(
        kind,
        customer=customer,
        policy=policy,
        claim=claim,
        facts=SUSPENSION if facts is None else facts,
        submission_key=key or uuid.uuid4(),
        by=by or UserFactory(),
        channel=channel,
    )


# --- Checks: plain values -------------------------------------------------------------------------------------------
SUSPENDED = {"line": "10", "lines": ["3", "10"], "is_life": False, "state": "active", "has_overdue": False, "ends_on": date(2026, 12, 31), "today": TODAY}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "possible"),
    [
        ({}, True),
        ({"line": "8"}, False),
        ({"is_life": True}, False),
        ({"state": "suspended"}, False),
        ({"state": "expired"}, False),
        ({"state": "cancelled"}, False),
        ({"has_overdue": True}, False),
        ({"ends_on": date(2026, 5, 3)}, False),
        ({"ends_on": TODAY}, True),
    ],
)
def test_a_cover_is_suspended_where_the_contract_allows_it_and_it_is_paid(change, possible):
    assert (checks.why_not_suspend(**SUSPENDED | change) == "") is possible


@pytest.mark.parametrize(
    ("state", "ends_on", "possible"),
    [("suspended", date(2026, 12, 31), True), ("active", date(2026, 12, 31), False), ("suspended", date(2026, 5, 3), False), ("cancelled", date(2026, 12, 31), False)],
)  # fmt: skip
def test_only_a_suspended_cover_is_reactivated(state, ends_on, possible):
    assert (checks.why_not_reactivate(state=state, ends_on=ends_on, today=TODAY) == "") is possible


@pytest.mark.parametrize(
    ("starts_on", "days", "possible"),
    [(date(2026, 4, 20), 14, True), (date(2026, 4, 19), 14, False), (date(2026, 4, 4), 30, True), (date(2026, 5, 4), 14, True)],
)  # fmt: skip
def test_a_policyholder_withdraws_within_the_days_of_the_term(starts_on, days, possible):
    assert (checks.why_not_withdraw(state="active", starts_on=starts_on, days=days, today=TODAY) == "") is possible


@pytest.mark.parametrize(
    ("ends_on", "tacit", "possible"),
    [(date(2026, 6, 3), True, True), (date(2026, 6, 2), True, False), (date(2026, 12, 31), False, False)],
)
def test_a_renewal_is_cancelled_thirty_days_before(ends_on, tacit, possible):
    reason = checks.why_not_cancel(tacit_renewal=tacit, state="active", ends_on=ends_on, days=30, today=TODAY)
    assert (reason == "") is possible


@pytest.mark.parametrize(
    ("amount", "value", "possible"),
    [("100", "200", True), ("200", "200", False), ("201", "200", False), (None, "200", False), ("100", None, False)],
)
def test_a_part_is_less_than_a_known_value(amount, value, possible):
    given = {"amount": amount and Decimal(amount), "value": value and Decimal(value)}
    assert (checks.why_not_amount(given["amount"], value=given["value"]) == "") is possible


@pytest.mark.parametrize("state", Claim.State.values)
def test_a_claim_is_settled_until_an_offer_is_made(state):
    assert (checks.why_not_settle_claim(state) == "") is (state in ("reported", "taken_in_charge"))


@pytest.mark.parametrize(
    ("state", "possible"),
    [("offered", True), ("accepted", False), ("reported", False), ("paid", False), ("refused", False)],
)
def test_an_offer_is_answered_while_it_stands(state, possible):
    assert (checks.why_not_answer_offer(state, other_answer_open=False) == "") is possible


def test_every_kind_of_operation_has_one_entry():
    assert set(KINDS) == set(Kind.values)
    assert len(ENTRIES) == len(KINDS)


@pytest.mark.parametrize(
    ("days", "frequency"),
    [
        (["2026-07-01", "2026-01-01"], "half_yearly"),
        (["2027-01-01", "2026-01-01"], "yearly"),
        (["2024-03-01", "2024-02-01"], "monthly"),
        (["2026-06-30", "2026-04-02"], "quarterly"),
        (["2026-03-01", "2026-01-01"], ""),
        (["2026-01-02", "2026-01-01"], ""),
    ],
)
def test_how_often_is_paid_follows_from_the_distance_of_the_latest_instalments(days, frequency):
    instalments = [(date.fromisoformat(day), Decimal(1)) for day in days]
    assert frequency_of(instalments, premium=Decimal(1)) == frequency


@pytest.mark.parametrize(
    ("amount", "premium", "frequency"),
    [("480", "480", "yearly"), ("247.20", "480", "half_yearly"), ("120", "480", "quarterly"), ("42", "480", "monthly"), ("160", "480", ""), ("480", None, ""), ("480", "0", "")],
)  # fmt: skip
def test_of_one_instalment_alone_its_part_of_the_premium_tells(amount, premium, frequency):
    found = frequency_of([(TODAY, Decimal(amount))], premium=premium and Decimal(premium))
    assert (found, frequency_of([], premium=Decimal(480))) == (frequency, "")


# --- Forms and facts ------------------------------------------------------------------------------------------------
def form_of(kind, data, **about):
    policy = about.get("policy")
    customer = about.pop("customer", None) or policy.holder
    return KINDS[kind].form(data, subject=Subject(customer, TODAY, **about))


def test_facts_are_stored_read_back_and_shown(policy):
    form = form_of(
        Kind.REFUND,
        {"reason": "sold", "amount": "1.234,50", "iban": "it60 x054 2811 1010 0000 0123 456", "owner": "rossi MARIA"},
        policy=policy,
    )
    assert form.is_valid(), form.errors
    facts = form.facts()
    assert facts == {"reason": "sold", "amount": "1234.50", "iban": IBAN, "owner": "rossi MARIA"}
    assert forms.typed(forms.RefundFacts, facts)["amount"] == Decimal("1234.50")
    shown = dict(forms.shown(forms.RefundFacts, facts))
    assert "IT60 X054 2811 1010 0000 0123 456" in shown.values()
    assert "1.234,50\xa0€" in shown.values()


@pytest.mark.parametrize(
    ("iban", "is_valid"),
    [(IBAN, True), ("IT60X0542811101000000123457", False), ("IT60A0542811101000000123456", False), ("DE89370400440532013000", True), ("pippo", False), ("😀" * 27, False), ("IT" + "0" * 5000, False)],
)  # fmt: skip
def test_an_iban_is_checked_with_the_letter_that_italian_ones_have(policy, iban, is_valid):
    form = form_of(Kind.WITHDRAWAL, {"iban": iban, "owner": "Maria Rossi"}, policy=policy)
    assert form.is_valid() is is_valid


def test_money_goes_to_an_account_in_the_customers_own_name(policy):
    form = form_of(Kind.WITHDRAWAL, {"iban": IBAN, "owner": "Luca Bianchi"}, policy=policy)
    assert set(form.errors) == {"owner"}


@pytest.mark.parametrize(("day", "is_valid"), [("2026-05-04", True), ("2026-06-03", True), ("2026-05-03", False), ("2026-06-04", False), ("", False)])  # fmt: skip
def test_a_cover_is_suspended_from_today_or_within_thirty_days(policy, day, is_valid):
    assert form_of(Kind.SUSPENSION, {"day": day, "understood": "on"}, policy=policy).is_valid() is is_valid


@pytest.mark.parametrize("kind", [Kind.SUSPENSION, Kind.REACTIVATION])
@pytest.mark.parametrize(("day", "is_valid"), [("2026-05-14", True), ("2026-05-15", False)])
def test_a_cover_neither_rests_nor_lasts_again_after_the_policy_has_ended(policy, kind, day, is_valid):
    policy.ends_on = date(2026, 5, 14)
    form = form_of(kind, {"day": day, "understood": "on"}, policy=policy)
    assert form.is_valid() is is_valid
    assert form.fields["day"].widget.attrs["max"] == "2026-05-14"
    assert is_valid or "14 maggio 2026" in form.errors["day"][0]


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1234,5", "1234.50"), ("1234.50", "1234.50"), ("1.234,50 €", "1234.50"), ("€ 10", "10.00"), ("0,01", "0.01"), ("1,234.50", "1234.50"), ("1.234", "1234.00"), ("1e5", None), ("-1", None), ("0", None), ("NaN", None), ("Infinity", None), ("٣", None), ("9" * 5000, None), ("", None)],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it_and_nothing_else_becomes_one(policy, written, amount):
    form = form_of(Kind.REFUND, {"reason": "sold", "amount": written, "iban": IBAN, "owner": "Maria Rossi"}, policy=policy)  # fmt: skip
    assert form.is_valid() is (amount is not None)
    if amount is None:
        assert list(form.errors) == ["amount"]
        assert "0.01" not in str(form.errors)
    else:
        assert form.facts()["amount"] == amount


@pytest.mark.parametrize(("known", "frequency", "is_valid"), [(True, "half_yearly", False), (True, "monthly", True), (False, "half_yearly", True)])  # fmt: skip
def test_the_frequency_of_now_is_no_change(policy, known, frequency, is_valid):
    for due_on in (date(2026, 1, 1), date(2026, 7, 1)) if known else ():
        InstalmentFactory(policy=policy, due_on=due_on, paid_on=due_on)
    subject = subject_of(policy.holder, policy=policy, today=TODAY)
    form = KINDS[Kind.FREQUENCY].form({"frequency": frequency}, subject=subject)
    assert form.is_valid() is is_valid
    [note] = notes_before(KINDS[Kind.FREQUENCY], subject)
    assert ("ogni sei mesi" in note) is known


@pytest.mark.parametrize("text", ["x" * 2_000, "Ciao 😀 שלום"])
def test_free_words_of_any_script_are_taken(policy, text):
    assert form_of(Kind.COPY, {"document": "other", "text": text}, policy=policy).is_valid()


def test_ten_thousand_characters_are_refused_in_words(policy):
    assert set(form_of(Kind.COPY, {"document": "other", "text": "x" * 10_000}, policy=policy).errors) == {"text"}


def test_a_number_that_is_verified_already_is_refused():
    point = ContactPointFactory(verified_at=TODAY.isoformat() + "T08:00Z")
    form = form_of(Kind.PHONE, {"phone": point.value, "replaces": ""}, customer=point.customer)
    assert set(form.errors) == {"phone"}


# --- Asking -----------------------------------------------------------------------------------------------------------
def test_what_a_person_must_act_on_is_asked_for_and_open(policy):
    operation = ask(Kind.SUSPENSION, policy=policy).operation
    assert (operation.state, operation.is_self_service, operation.ended_at) == (State.ASKED, False, None)
    assert list(operation.events.values_list("old", "new")) == [("", State.ASKED)]
    assert operation.number == f"O-{operation.pk:08d}"


def test_the_same_submission_is_one_operation(policy):
    key = uuid.uuid4()
    first, second = ask(Kind.SUSPENSION, policy=policy, key=key), ask(Kind.SUSPENSION, policy=policy, key=key)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.operation == second.operation


def test_a_submission_of_somebody_else_is_refused(policy):
    key = uuid.uuid4()
    ask(Kind.SUSPENSION, policy=policy, key=key)
    with pytest.raises(Refused) as refusal:
        ask(Kind.SUSPENSION, policy=PolicyFactory(), key=key)
    assert refusal.value.code == "not_yours"


def test_what_is_open_is_not_asked_for_twice(policy):
    first = ask(Kind.SUSPENSION, policy=policy).operation
    with pytest.raises(AskedAlready) as refusal:
        ask(Kind.SUSPENSION, policy=policy)
    assert refusal.value.operation == first
    assert first.number in str(refusal.value)


def test_the_database_keeps_one_open_operation_of_a_kind(policy):
    OperationFactory(policy=policy)
    with pytest.raises(IntegrityError), transaction.atomic():
        OperationFactory(policy=policy)


def test_somebody_elses_policy_is_refused(policy):
    with pytest.raises(Refused) as refusal:
        ask(Kind.SUSPENSION, policy=policy, customer=CustomerFactory())
    assert refusal.value.code == "not_yours"


def test_somebody_elses_claim_is_refused():
    with pytest.raises(Refused) as refusal:
        ask(Kind.OFFER_REFUSED, claim=ClaimFactory(state="offered"), customer=CustomerFactory(), facts={"text": "No"})
    assert refusal.value.code == "not_yours"


def test_a_suspended_policy_cannot_be_suspended():
    policy = PolicyFactory(state="suspended", suspended_on=TODAY)
    with pytest.raises(Refused) as refusal:
        ask(Kind.SUSPENSION, policy=policy)
    assert refusal.value.code == "not_possible"


def test_an_overdue_policy_cannot_be_suspended(policy):
    InstalmentFactory(policy=policy, due_on=date(2026, 5, 3))
    with pytest.raises(Refused):
        ask(Kind.SUSPENSION, policy=policy)


def test_an_operation_is_not_about_what_its_kind_is_not_about(policy):
    with pytest.raises(Refused):
        ask(Kind.OFFER_ACCEPTED, policy=policy)


def test_an_accepted_offer_is_accepted_from_the_day_it_was():
    claim = ClaimFactory(state=Claim.State.OFFERED, offered_on=date(2026, 4, 30))
    facts = {"offered_on": "2026-04-30", "iban": IBAN, "owner": "Maria Rossi", "understood": True}
    ask(Kind.OFFER_ACCEPTED, claim=claim, facts=facts)
    claim.refresh_from_db()
    assert (claim.state, claim.accepted_on) == (Claim.State.ACCEPTED, TODAY)


@pytest.mark.parametrize("kind", [Kind.OFFER_ACCEPTED, Kind.OFFER_REFUSED])
@pytest.mark.parametrize(
    "seen",
    [{}, {"offered_amount": "1240.50"}, {"offered_amount": "1240.51", "offered_on": "2026-04-30"}, {"offered_amount": "1240.50", "offered_on": "2026-04-29"}],
)  # fmt: skip
def test_another_offer_than_the_one_that_stands_is_not_answered(kind, seen):
    claim = ClaimFactory(state=Claim.State.OFFERED, offered_on=date(2026, 4, 30), offered_amount=Decimal("1240.50"))
    with pytest.raises(Refused) as refusal:
        ask(kind, claim=claim, facts=seen)
    assert refusal.value.code == "outdated"
    assert "1.240,50\xa0€" in str(refusal.value)
    assert "30 aprile 2026" in str(refusal.value)
    claim.refresh_from_db()
    assert (claim.state, Operation.objects.exists()) == (Claim.State.OFFERED, False)


def test_the_answer_to_an_offer_keeps_its_amount_and_its_day():
    claim = ClaimFactory(state=Claim.State.OFFERED, offered_on=date(2026, 4, 30), offered_amount=Decimal("1240.50"))
    facts = {"offered_amount": "1240.5", "offered_on": "2026-04-30", "iban": IBAN, "understood": True}
    shown = facts_shown(ask(Kind.OFFER_ACCEPTED, claim=claim, facts=facts).operation)
    assert [value for _label, value in shown[:2]] == ["1.240,50\xa0€", "30 aprile 2026"]


def test_an_offer_that_was_refused_is_not_accepted_until_the_refusal_is_withdrawn():
    claim = ClaimFactory(state=Claim.State.OFFERED)
    refused = ask(Kind.OFFER_REFUSED, claim=claim, facts={"text": "Troppo poco"}).operation
    with pytest.raises(Refused):
        ask(Kind.OFFER_ACCEPTED, claim=claim, facts={})
    commands.withdraw_operation(refused, by=UserFactory())
    ask(Kind.OFFER_ACCEPTED, claim=claim, facts={})


# --- At once ----------------------------------------------------------------------------------------------------------
ADDRESS = {"address": "Via Nuova 3", "postal_code": "20121", "city": "Milano", "province": "MI"}


def test_an_address_is_changed_at_once_by_the_customer_alone():
    customer = CustomerFactory()
    operation = ask(Kind.ADDRESS, customer=customer, facts=ADDRESS).operation
    customer.refresh_from_db()
    assert (operation.state, operation.is_self_service) == (State.DONE, True)
    assert (customer.address, customer.postal_code) == ("Via Nuova 3", "20121")
    assert list(operation.events.values_list("new", flat=True)) == [State.ASKED, State.DONE]


def test_what_an_agent_changes_for_a_caller_is_no_self_service():
    operation = ask(Kind.ADDRESS, customer=CustomerFactory(), facts=ADDRESS, channel="phone").operation
    assert (operation.state, operation.is_self_service) == (State.DONE, False)


@pytest.mark.parametrize(("channel", "is_verified"), [("portal", True), ("phone", False)])
def test_a_number_takes_the_place_of_an_earlier_one(channel, is_verified):
    point = ContactPointFactory()
    facts = {"phone": "+393339998877", "replaces": point.value}
    ask(Kind.PHONE, customer=point.customer, facts=facts, channel=channel)
    [now] = ContactPoint.objects.filter(customer=point.customer)
    assert (now.pk, now.value, now.verified_at is not None) == (point.pk, "+393339998877", is_verified)


def test_a_number_that_was_there_unverified_takes_the_place_of_the_other():
    point = ContactPointFactory()
    other = ContactPointFactory(customer=point.customer)
    ask(Kind.PHONE, customer=point.customer, facts={"phone": other.value, "replaces": point.value})
    [now] = ContactPoint.objects.filter(customer=point.customer)
    assert (now.pk, now.verified_at is not None) == (other.pk, True)


def test_a_payment_is_written_once_as_done(policy):
    key, facts = uuid.uuid4(), {"due_on": "2026-05-01", "amount": "240.00", "reference": "X1"}
    rows = [
        record_self_service(Kind.PAYMENT, customer=policy.holder, policy=policy, facts=facts, submission_key=key, by=UserFactory())
        for _twice in range(2)
    ]  # fmt: skip
    assert [row.is_new for row in rows] == [True, False]
    assert (rows[0].operation.state, rows[0].operation.is_self_service) == (State.DONE, True)
    assert "240,00\xa0€" in dict(facts_shown(rows[0].operation)).values()


def test_a_payment_is_never_asked_for_by_a_form(policy):
    with pytest.raises(Refused) as refusal:
        ask(Kind.PAYMENT, policy=policy, facts={"due_on": "2026-05-01", "amount": "240.00"})
    assert refusal.value.code == "not_asked"
    assert not Operation.objects.exists()


# --- The end ----------------------------------------------------------------------------------------------------------
def test_a_suspension_carried_out_suspends_the_policy(policy):
    operation = ask(Kind.SUSPENSION, policy=policy).operation
    commands.complete_operation(operation, by=UserFactory())
    policy.refresh_from_db()
    assert (policy.state, policy.suspended_on) == (Policy.State.SUSPENDED, TODAY)


def test_a_suspension_is_not_carried_out_before_its_day(policy):
    operation = ask(Kind.SUSPENSION, policy=policy, facts=SUSPENSION | {"day": "2026-05-10"}).operation
    with pytest.raises(Refused) as refusal:
        commands.complete_operation(operation, by=UserFactory())
    assert refusal.value.code == "not_yet"


def test_a_reactivation_carried_out_reactivates_the_policy():
    policy = PolicyFactory(state="suspended", suspended_on=date(2026, 4, 1))
    operation = ask(Kind.REACTIVATION, policy=policy, facts={"day": "2026-05-04"}).operation
    commands.complete_operation(operation, by=UserFactory())
    policy.refresh_from_db()
    assert (policy.state, policy.suspended_on) == (Policy.State.ACTIVE, None)


def test_a_policy_that_changed_meanwhile_is_not_suspended(policy):
    operation = ask(Kind.SUSPENSION, policy=policy).operation
    Policy.objects.filter(pk=policy.pk).update(state="cancelled")
    with pytest.raises(Refused):
        commands.complete_operation(operation, by=UserFactory())


def test_a_cancellation_carried_out_ends_the_tacit_renewal():
    policy = PolicyFactory(ramo="8", tacit_renewal=True)
    operation = ask(Kind.CANCELLATION, policy=policy, facts={"understood": True}).operation
    commands.complete_operation(operation, by=UserFactory())
    policy.refresh_from_db()
    assert policy.tacit_renewal is False


@pytest.mark.parametrize("end", ["complete", "refuse", "withdraw"])
def test_what_has_ended_does_not_end_again(policy, end):
    operation, by = ask(Kind.SUSPENSION, policy=policy).operation, UserFactory()
    ends = {
        "complete": lambda: commands.complete_operation(operation, by=by),
        "refuse": lambda: commands.refuse_operation(operation, answer="Non si può", by=by),
        "withdraw": lambda: commands.withdraw_operation(operation, by=by),
    }
    ends[end]()
    for again in ends.values():
        with pytest.raises(Refused) as refusal:
            again()
        assert refusal.value.code == "ended"


def test_a_refusal_says_why(policy):
    operation = ask(Kind.SUSPENSION, policy=policy).operation
    with pytest.raises(Refused) as refusal:
        commands.refuse_operation(operation, answer="  ", by=UserFactory())
    assert refusal.value.field == "answer"


def test_an_accepted_offer_is_not_taken_back():
    operation = ask(Kind.OFFER_ACCEPTED, claim=ClaimFactory(state="offered"), facts={}).operation
    with pytest.raises(Refused) as refusal:
        commands.withdraw_operation(operation, by=UserFactory())
    assert refusal.value.code == "not_withdrawn"


def test_what_was_asked_never_changes(policy):
    operation = OperationFactory(policy=policy)
    with pytest.raises(DatabaseError), transaction.atomic():
        Operation.objects.filter(pk=operation.pk).update(facts={"day": "2027-01-01"})
    with pytest.raises(DatabaseError), transaction.atomic():
        operation.delete()


# --- What a page offers -----------------------------------------------------------------------------------------------
def offered(subject):
    return {offer.kind.code: bool(offer.why_not) for offer in offers_about(subject)}


def test_a_page_offers_what_is_possible_and_gives_the_reason_where_the_law_names_it(policy):
    about = offered(subject_of(policy.holder, policy=policy, today=TODAY))
    assert about[Kind.SUSPENSION] is False
    assert about[Kind.REACTIVATION] is True
    assert Kind.SURRENDER not in about
    assert Kind.CANCELLATION not in about
    assert Kind.PAYMENT not in about


def test_a_life_policy_offers_its_surrender_and_no_suspension():
    value = PolicyValueFactory()
    about = offered(subject_of(value.policy.holder, policy=value.policy, today=TODAY))
    assert about[Kind.SURRENDER] is False
    assert Kind.SUSPENSION not in about
    assert about[Kind.SETTLEMENT] is True


def test_what_is_waiting_is_shown_with_its_number(policy):
    operation = ask(Kind.SUSPENSION, policy=policy).operation
    [offer] = [each for each in offers_about(subject_of(policy.holder, policy=policy, today=TODAY)) if each.waiting]
    assert (offer.waiting, offer.why_not) == (operation, "")


def test_a_subject_costs_as_many_queries_for_many_operations_as_for_one(policy, django_assert_num_queries):
    for kind in (Kind.SUSPENSION, Kind.COPY, Kind.REFUND):
        with django_assert_num_queries(2):
            offers_about(subject_of(policy.holder, policy=policy, today=TODAY))
        OperationFactory(policy=policy, kind=kind)
