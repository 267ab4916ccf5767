"""Paying: one attempt at a time, one payment for one thing whatever comes, and every other real payment on the list of refunds."""

import threading
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from customers import roles
from customers.models import (
    Instalment,
    Operation,
    Payment,
    PaymentEvent,
    PaymentIncident,
    Policy,
    RefundDue,
    RenewalOffer,
)
from customers.payments.commands import (
    abandon_attempt,
    begin_instalment_payment,
    begin_offer_payment,
    book_event,
    close_incident,
    keep_news,
    note_not_at_provider,
    open_checkout,
    record_refund,
)
from customers.payments.providers import Checkout, News
from customers.payments.rules import can_go_on, decisions_on, difference, is_offer_open, why_refunded
from customers.tests.factories import (
    InstalmentFactory,
    PaymentFactory,
    PaymentIncidentFactory,
    RefundDueFactory,
    RenewalOfferFactory,
    UserFactory,
)
from foundation.dates import ROME
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db

Outcome, State, Word = PaymentEvent.Outcome, Payment.State, PaymentEvent.Word
AT = datetime(2026, 6, 1, 23, 30, tzinfo=ROME)


@pytest.fixture
def payer():
    return UserFactory(role=roles.CUSTOMER)


@pytest.fixture
def instalment():
    return InstalmentFactory(amount=Decimal("240.00"))


def begin(instalment, payer, **given):
    return begin_instalment_payment(instalment, **{"key": uuid.uuid4(), "provider": "sandbox", "by": payer, **given})


def say(payment, word=Word.PAID, **changed):
    """What the provider says of the attempt, kept and booked."""
    facts = {
        "event_id": uuid.uuid4().hex,
        "word": word,
        "reference": payment.reference,
        "provider_reference": payment.provider_reference or f"sbx-{payment.key.hex}",
        "merchant": "vittoria-care",
        "amount": payment.amount,
        "currency": "EUR",
        "happened_at": AT,
        **changed,
    }
    return book_event(keep_news(News(**facts), provider=payment.provider, source="confirmation"))


# --- Beginning ------------------------------------------------------------------------------------------------------
def test_an_attempt_has_the_amount_of_our_row_and_the_name_of_the_holder(instalment, payer):
    payment = begin(instalment, payer)
    assert (payment.amount, payment.currency, payment.due_on, payment.state) == (
        Decimal("240.00"),
        "EUR",
        instalment.due_on,
        State.OPEN,
    )
    assert (payment.customer, payment.payer_name) == (instalment.policy.holder, "Maria Rossi")


def test_the_same_form_sent_twice_is_one_attempt(instalment, payer):
    key = uuid.uuid4()
    assert begin(instalment, payer, key=key) == begin(instalment, payer, key=key)
    assert Payment.objects.count() == 1


def test_another_tab_goes_on_with_the_open_attempt(instalment, payer):
    assert begin(instalment, payer) == begin(instalment, payer)
    assert Payment.objects.count() == 1


def test_the_form_of_an_attempt_that_was_refused_leads_to_it_and_a_new_one_begins_another(instalment, payer):
    first = begin(instalment, payer)
    say(first, Word.REFUSED)
    assert begin(instalment, payer, key=first.key) == first
    assert begin(instalment, payer) != first


def test_a_form_of_somebody_else_is_refused(instalment, payer):
    first = begin(instalment, payer)
    with pytest.raises(Refused) as refused:
        begin(instalment, UserFactory(), key=first.key)
    assert refused.value.code == "key_of_another"


def test_an_attempt_whose_page_is_closed_makes_room_for_another(instalment, payer):
    first = begin(instalment, payer)
    Payment.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    second = begin(instalment, payer)
    first.refresh_from_db()
    assert (second.pk != first.pk, first.state) == (True, State.EXPIRED)


def test_an_attempt_for_an_amount_that_changed_makes_room_for_another(instalment, payer):
    begin(instalment, payer)
    Instalment.objects.update(amount=Decimal("250.00"))
    assert begin(instalment, payer).amount == Decimal("250.00")


def test_what_is_paid_cannot_be_paid(instalment, payer):
    Instalment.objects.update(paid_on=date(2026, 5, 1))
    with pytest.raises(Refused) as refused:
        begin(instalment, payer)
    assert (refused.value.code, Payment.objects.count()) == ("paid_already", 0)


@pytest.mark.parametrize("state", [Policy.State.CANCELLED, Policy.State.EXPIRED])
def test_what_belongs_to_a_policy_that_is_over_cannot_be_paid(instalment, payer, state):
    Policy.objects.update(state=state)
    with pytest.raises(Refused) as refused:
        begin(instalment, payer)
    assert refused.value.code == "policy_over"


def test_a_provider_that_is_asked_twice_is_asked_once_and_its_page_kept(instalment, payer):
    asked = []

    class Counting:
        def start(self, payment, **words):
            asked.append(payment.reference)
            return Checkout("page-1", "https://pay.example/1", timezone.now() + timedelta(hours=1))

    words = {"title": "", "return_url": "", "language": "it"}
    payment = begin(instalment, payer)
    open_checkout(payment, Counting(), **words)
    payment.refresh_from_db()
    assert open_checkout(payment, Counting(), **words) == "https://pay.example/1"
    assert (asked, payment.provider_reference) == ([payment.reference], "page-1")


# --- Booking --------------------------------------------------------------------------------------------------------
def test_a_confirmation_pays_the_instalment_on_the_day_by_the_clock_of_rome(instalment, payer):
    payment = begin(instalment, payer)
    booked = say(payment)
    instalment.refresh_from_db()
    assert (booked.is_settled, booked.event.outcome, instalment.paid_on) == (True, Outcome.BOOKED, date(2026, 6, 1))
    assert (booked.payment.state, booked.payment.settles, booked.payment.paid_at) == (State.PAID, True, AT)


def test_the_payment_is_an_operation_that_the_customer_settled_alone(instalment, payer):
    payment = say(begin(instalment, payer)).payment
    [operation] = Operation.objects.all()
    assert (operation.kind, operation.state, operation.is_self_service) == ("payment", "done", True)
    assert (operation.submission_key, operation.policy_id) == (payment.key, payment.policy_id)
    assert operation.facts["amount"] == "240.00"
    assert [event.new for event in operation.events.all()] == ["asked", "done"]


def test_the_same_confirmation_twice_does_one_thing(instalment, payer):
    payment = begin(instalment, payer)
    assert say(payment, event_id="evt-1").is_new
    assert not say(payment, event_id="evt-1").is_new
    assert (PaymentEvent.objects.count(), Operation.objects.count(), RefundDue.objects.count()) == (1, 1, 0)


def test_the_same_money_reported_by_another_road_does_nothing_more(instalment, payer):
    payment = begin(instalment, payer)
    say(payment, event_id="evt-1")
    assert say(payment, event_id="asked:paid:1").event.outcome == Outcome.NOTED
    assert RefundDue.objects.count() == 0


def test_one_attempt_charged_twice_is_an_incident(instalment, payer):
    payment = begin(instalment, payer)
    say(payment, provider_reference="page-1")
    say(payment, provider_reference="page-2")
    assert PaymentIncident.objects.get().kind == PaymentIncident.Kind.CHARGED_TWICE


def test_a_second_real_payment_is_booked_and_goes_on_the_list_of_refunds(instalment, payer):
    first = begin(instalment, payer)
    Payment.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    second = begin(instalment, payer)
    say(second)
    booked = say(first)
    assert (booked.event.outcome, booked.refund.reason) == (Outcome.REFUND, RefundDue.Reason.PAID_TWICE)
    assert (booked.payment.state, booked.payment.settles) == (State.PAID, False)
    assert Operation.objects.count() == 1


def test_a_confirmation_after_the_agency_was_paid_goes_on_the_list_of_refunds(instalment, payer):
    payment = begin(instalment, payer)
    Instalment.objects.update(paid_on=date(2026, 5, 30))
    assert say(payment).refund.reason == RefundDue.Reason.PAID_ELSEWHERE
    instalment.refresh_from_db()
    assert instalment.paid_on == date(2026, 5, 30)


@pytest.mark.parametrize("word", [Word.REFUSED, Word.ABANDONED, Word.EXPIRED])
def test_a_confirmation_that_comes_after_the_attempt_had_ended_is_real_money(instalment, payer, word):
    payment = begin(instalment, payer)
    assert say(payment, word, reason="carta rifiutata").event.outcome == Outcome.MOVED
    assert say(payment).is_settled


@pytest.mark.parametrize("word", [Word.REFUSED, Word.ABANDONED, Word.EXPIRED, Word.PENDING])
def test_what_is_said_late_of_a_paid_attempt_changes_nothing(instalment, payer, word):
    payment = begin(instalment, payer)
    say(payment)
    booked = say(payment, word)
    assert (booked.event.outcome, booked.payment.state) == (Outcome.NOTED, State.PAID)


def test_an_instalment_that_was_taken_away_meanwhile_is_refunded(instalment, payer):
    payment = begin(instalment, payer)
    Payment.objects.update(instalment=None)
    Instalment.objects.all().delete()
    assert say(payment).refund.reason == RefundDue.Reason.NOT_OWED


def test_a_policy_cancelled_meanwhile_is_refunded(instalment, payer):
    payment = begin(instalment, payer)
    Policy.objects.update(state=Policy.State.CANCELLED)
    assert say(payment).refund.reason == RefundDue.Reason.NOT_OWED


def test_an_amount_due_that_changed_meanwhile_is_refunded_and_remains_due(instalment, payer):
    payment = begin(instalment, payer)
    Instalment.objects.update(amount=Decimal("250.00"))
    assert say(payment).refund.reason == RefundDue.Reason.AMOUNT_CHANGED
    instalment.refresh_from_db()
    assert instalment.paid_on is None


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"amount": Decimal("2.40")}, "amount"),
        ({"amount": Decimal("240.01")}, "amount"),
        ({"amount": None}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"merchant": "another"}, "merchant"),
    ],
)
def test_a_confirmation_of_something_else_is_an_incident_and_no_payment(instalment, payer, changed, kind):
    payment = begin(instalment, payer)
    booked = say(payment, **changed)
    instalment.refresh_from_db()
    assert (booked.event.outcome, booked.payment.state, instalment.paid_on) == (Outcome.INCIDENT, State.OPEN, None)
    assert PaymentIncident.objects.get().kind == kind


def test_the_same_difference_seen_by_two_roads_is_one_incident(instalment, payer):
    payment = begin(instalment, payer)
    for _road in range(2):
        say(payment, amount=Decimal("2.40"))
    assert PaymentIncident.objects.count() == 1


@pytest.mark.parametrize("reference", ["", "vc-nobody", f"vc-{uuid.UUID(int=7).hex}", "😀" * 300, "ابجد"])
def test_money_under_a_reference_that_is_nobodys_is_an_incident(instalment, payer, reference):
    booked = say(begin(instalment, payer), reference=reference)
    assert (booked.payment, PaymentIncident.objects.get().kind) == (None, "unknown")


def test_another_provider_cannot_confirm_an_attempt(instalment, payer):
    payment = begin(instalment, payer)
    payment.provider = "stripe"
    assert say(payment).event.outcome == Outcome.INCIDENT
    assert Payment.objects.get().state == State.OPEN


# --- Renewal offers -------------------------------------------------------------------------------------------------
def test_a_renewal_offer_is_accepted_by_paying_it(payer):
    offer = RenewalOfferFactory(valid_until=timezone.localdate())
    payment = begin_offer_payment(offer, key=uuid.uuid4(), provider="sandbox", by=payer)
    assert say(payment).is_settled
    offer.refresh_from_db()
    assert (offer.paid_on, offer.accepted_at) == (date(2026, 6, 1), payment.begun_at)


@pytest.mark.parametrize(
    "facts", [{"valid_until": timezone.localdate() - timedelta(days=1)}, {"withdrawn_on": date(2026, 5, 1)}]
)
def test_an_offer_that_is_over_cannot_be_paid(payer, facts):
    offer = RenewalOfferFactory(**{"valid_until": timezone.localdate(), **facts})
    with pytest.raises(Refused) as refused:
        begin_offer_payment(offer, key=uuid.uuid4(), provider="sandbox", by=payer)
    assert refused.value.code == "offer_over"


def test_an_offer_begun_in_time_is_honoured_and_one_withdrawn_meanwhile_is_refunded(payer):
    kept, withdrawn = (RenewalOfferFactory(valid_until=timezone.localdate()) for _each in range(2))
    payments = [
        begin_offer_payment(each, key=uuid.uuid4(), provider="sandbox", by=payer) for each in (kept, withdrawn)
    ]
    RenewalOffer.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    RenewalOffer.objects.filter(pk=withdrawn.pk).update(withdrawn_on=timezone.localdate())
    assert say(payments[0]).is_settled
    assert say(payments[1]).refund.reason == RefundDue.Reason.NOT_OWED


# --- What people and the night decide ---------------------------------------------------------------------------------
def test_a_refund_is_recorded_once_with_its_day_and_way():
    refund, chief = RefundDueFactory(), UserFactory(role=roles.MANAGER)
    record_refund(refund, refunded_on=date(2026, 6, 5), way="Bonifico", by=chief)
    with pytest.raises(Refused) as refused:
        record_refund(refund, refunded_on=date(2026, 6, 6), way="Bonifico", by=chief)
    refund.refresh_from_db()
    assert (refused.value.code, refund.refunded_on, refund.recorded_by) == (
        "refund_recorded",
        date(2026, 6, 5),
        chief,
    )


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"refunded_on": timezone.localdate() + timedelta(days=1)}, "refunded_on"),
        ({"refunded_on": date(2026, 5, 31)}, "refunded_on"),
        ({"way": "  "}, "way"),
    ],
)
def test_a_refund_that_cannot_be_is_refused_at_its_field(facts, field):
    with pytest.raises(Refused) as refused:
        record_refund(RefundDueFactory(), **{"refunded_on": date(2026, 6, 5), "way": "Bonifico", "by": None, **facts})
    assert refused.value.field == field


def close(incident, decision="refund", **given):
    return close_incident(incident, **{"decision": decision, "reason": "Verificato", "by": UserFactory(), **given})


def looked_at(instalment, payer, **changed):
    """The incident of an attempt by which something else came than was asked."""
    say(begin(instalment, payer), **(changed or {"amount": Decimal("2.40")}))
    return PaymentIncident.objects.latest("pk")


def test_an_incident_is_closed_once_for_a_reason():
    incident, chief = PaymentIncidentFactory(), UserFactory(role=roles.MANAGER)
    with pytest.raises(Refused) as refused:
        close(incident, "no_money", reason=" ")
    assert refused.value.field == "reason"
    close(incident, "no_money", by=chief)
    with pytest.raises(Refused) as refused:
        close(incident, "no_money")
    incident.refresh_from_db()
    assert (refused.value.code, incident.decision, incident.closed_by) == ("incident_closed", "no_money", chief)


def test_what_a_person_looks_at_cannot_be_paid_again(instalment, payer):
    incident = looked_at(instalment, payer)
    for state in (State.OPEN, State.EXPIRED):
        Payment.objects.update(state=state, ended_at=None if state == State.OPEN else AT)
        with pytest.raises(Refused) as refused:
            begin(instalment, payer)
        assert (refused.value.code, Payment.objects.count()) == ("looked_at", 1)
    assert begin(InstalmentFactory(), payer).is_open
    close(incident)
    assert begin(instalment, payer).is_open


def test_an_offer_that_a_person_looks_at_cannot_be_paid_again(payer):
    offer = RenewalOfferFactory(valid_until=timezone.localdate())
    given = {"provider": "sandbox", "by": payer}
    say(begin_offer_payment(offer, key=uuid.uuid4(), **given), amount=Decimal(1))
    with pytest.raises(Refused) as refused:
        begin_offer_payment(offer, key=uuid.uuid4(), **given)
    assert refused.value.code == "looked_at"


def test_what_came_and_was_not_asked_goes_back_and_the_attempt_ends(instalment, payer):
    incident = looked_at(instalment, payer)
    closed = close(incident)
    incident.payment.refresh_from_db()
    instalment.refresh_from_db()
    assert (closed.refund.amount, closed.refund.reason) == (Decimal("2.40"), RefundDue.Reason.NOT_AS_ASKED)
    assert (incident.payment.state, incident.payment.settles, instalment.paid_on) == (State.REFUSED, False, None)


def test_what_came_in_another_currency_goes_back_as_the_sum_that_a_person_found(instalment, payer):
    incident = looked_at(instalment, payer, currency="USD")
    with pytest.raises(Refused) as refused:
        close(incident)
    assert refused.value.field == "amount"
    assert close(incident, amount=Decimal("221.10")).refund.amount == Decimal("221.10")


def test_what_came_as_it_is_due_counts_as_payment(instalment, payer):
    incident = looked_at(instalment, payer, merchant="another")
    assert close(incident, "counts").is_settled
    instalment.refresh_from_db()
    incident.payment.refresh_from_db()
    assert (instalment.paid_on, incident.payment.state, incident.payment.settles) == (
        date(2026, 6, 1),
        State.PAID,
        True,
    )
    assert Operation.objects.count() == 1


@pytest.mark.parametrize("changed", [{"amount": Decimal("240.01")}, {"amount": None}, {"currency": "USD"}])
def test_another_sum_never_counts_as_payment(instalment, payer, changed):
    incident = looked_at(instalment, payer, **changed)
    with pytest.raises(Refused) as refused:
        close(incident, "counts")
    assert (refused.value.field, Payment.objects.get().state) == ("decision", State.OPEN)


@pytest.mark.parametrize(
    "changes", [{"paid_on": date(2026, 5, 30)}, {"amount": Decimal(241)}], ids=["paid at the agency", "other amount"]
)
def test_what_is_not_due_any_more_never_counts_as_payment(instalment, payer, changes):
    incident = looked_at(instalment, payer, merchant="another")
    Instalment.objects.update(**changes)
    with pytest.raises(Refused):
        close(incident, "counts")


def test_an_attempt_by_which_no_money_came_ends(instalment, payer):
    incident = looked_at(instalment, payer)
    assert close(incident, "no_money").is_ended
    assert Payment.objects.get().state == State.ABANDONED


def test_the_right_money_that_comes_after_other_money_went_back_pays(instalment, payer):
    incident = looked_at(instalment, payer)
    close(incident)
    assert say(incident.payment).is_settled
    assert RefundDue.objects.get().amount == Decimal("2.40")


def test_a_second_refund_of_one_attempt_is_for_a_person(instalment, payer):
    incident = looked_at(instalment, payer)
    close(incident)
    Instalment.objects.update(paid_on=date(2026, 5, 30))
    assert say(incident.payment).event.outcome == Outcome.INCIDENT
    assert PaymentIncident.objects.open().get().kind == PaymentIncident.Kind.CHARGED_TWICE


def test_of_an_attempt_charged_twice_the_second_charge_goes_back_and_it_remains_paid(instalment, payer):
    payment = begin(instalment, payer)
    say(payment, provider_reference="page-1")
    say(payment, provider_reference="page-2")
    assert close(PaymentIncident.objects.get()).refund.reason == RefundDue.Reason.PAID_TWICE
    payment.refresh_from_db()
    assert (payment.state, payment.settles) == (State.PAID, True)


def test_every_incident_has_a_way_out_that_fits_it():
    fitting = {"came": None, "asked": Decimal(1), "due": None, "is_booked": False, "has_refund": False}
    for kind in PaymentIncident.Kind:
        for changes in ({}, {"asked": None}, {"is_booked": True}, {"is_booked": True, "has_refund": True}):
            assert decisions_on(kind, **{**fitting, **changes})


def test_an_attempt_that_ended_is_not_abandoned():
    paid = PaymentFactory(paid=True)
    assert abandon_attempt(paid).state == State.PAID
    assert abandon_attempt(PaymentFactory()).state == State.ABANDONED


def test_a_payment_missing_at_the_provider_is_noted_once():
    paid = PaymentFactory(paid=True)
    for _night in range(2):
        note_not_at_provider(paid)
    assert PaymentIncident.objects.get().kind == "not_at_provider"


# --- What the database refuses ------------------------------------------------------------------------------------------
def refuses(act, error=IntegrityError):
    with pytest.raises(error), transaction.atomic():
        act()


def test_two_open_attempts_of_one_instalment_are_refused():
    first = PaymentFactory()
    refuses(lambda: PaymentFactory(instalment=first.instalment))


def test_two_payments_that_settle_one_instalment_are_refused():
    first = PaymentFactory(paid=True)
    refuses(lambda: PaymentFactory(instalment=first.instalment, paid=True))
    PaymentFactory(instalment=first.instalment, paid=True, settles=False)


def test_an_attempt_that_was_not_paid_settles_nothing():
    refuses(lambda: PaymentFactory(settles=True))


@pytest.mark.parametrize(
    "changed",
    [{"amount": 1}, {"provider": "stripe"}, {"key": uuid.UUID(int=1)}, {"payer_name": "X"}, {"due_on": "2020-01-01"}],
)
def test_what_an_attempt_began_with_is_fixed(changed):
    payment = PaymentFactory()
    refuses(lambda: Payment.objects.filter(pk=payment.pk).update(**changed), InternalError)


def test_an_attempt_may_lose_its_instalment_and_not_get_another():
    payment, other = PaymentFactory(), InstalmentFactory()
    refuses(lambda: Payment.objects.filter(pk=payment.pk).update(instalment=other), InternalError)
    Payment.objects.filter(pk=payment.pk).update(instalment=None)


def test_a_payment_that_came_remains_paid():
    payment = PaymentFactory(paid=True)
    refuses(
        lambda: Payment.objects.filter(pk=payment.pk).update(state="refused", paid_at=None, settles=False),
        InternalError,
    )


@pytest.mark.parametrize("make", [PaymentFactory, RenewalOfferFactory, RefundDueFactory, PaymentIncidentFactory])
def test_nothing_of_it_is_deleted(make):
    row = make()
    refuses(lambda: type(row).objects.filter(pk=row.pk).delete(), InternalError)


def test_what_was_said_is_fixed_and_what_was_made_of_it_is_written_once(instalment, payer):
    event = say(begin(instalment, payer)).event
    for changed in ({"body": "x"}, {"amount": 1}, {"outcome": "noted"}):
        refuses(lambda changed=changed: PaymentEvent.objects.filter(pk=event.pk).update(**changed), InternalError)


def test_an_offer_that_was_paid_is_kept_as_it_was_accepted():
    offer = RenewalOfferFactory(paid_on=date(2026, 6, 1))
    refuses(lambda: RenewalOffer.objects.filter(pk=offer.pk).update(premium=1), InternalError)


# --- Rules ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, None),
        ({"was_paid_here": True, "was_paid": True}, "paid_twice"),
        ({"was_paid": True}, "paid_elsewhere"),
        ({"due": None}, "not_owed"),
        ({"is_wanted": False}, "not_owed"),
        ({"due": Decimal(11)}, "amount_changed"),
    ],
)
def test_why_money_goes_back(facts, reason):
    given = {"paid": Decimal(10), "due": Decimal(10), "was_paid": False, "was_paid_here": False, "is_wanted": True}
    assert why_refunded(**given | facts) == reason


def test_nothing_differs_where_all_is_the_same():
    stated = (Decimal("10.00"), "EUR", "m")
    assert difference(amount=Decimal(10), currency="EUR", merchant="m", stated=stated) is None


@pytest.mark.parametrize(
    ("facts", "can"),
    [
        ({}, True),
        ({"due": Decimal(9)}, False),
        ({"expires_at": AT}, False),
        ({"expires_at": AT + timedelta(seconds=1)}, True),
        ({"begun_at": AT - timedelta(minutes=20)}, False),
    ],
)
def test_which_attempt_can_go_on(facts, can):
    given = {"amount": Decimal(10), "due": Decimal(10), "begun_at": AT, "expires_at": None, "now": AT}
    assert can_go_on(**given | facts) is can


@pytest.mark.parametrize(("days", "is_open"), [(0, True), (1, True), (-1, False)])
def test_an_offer_is_open_until_the_end_of_its_day(days, is_open):
    last = date(2026, 6, 1) + timedelta(days=days)
    assert is_offer_open(valid_until=last, is_paid=False, is_withdrawn=False, today=date(2026, 6, 1)) is is_open


# --- Two at once --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_one_moment_are_one_attempt():
    instalment, payer = InstalmentFactory(), UserFactory()
    found = at_once(*(lambda: begin(instalment, payer).pk for _click in range(4)))
    assert (len(set(found)), Payment.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_attempts_confirmed_at_one_moment_pay_once_and_refund_once():
    instalment = InstalmentFactory(amount=Decimal("240.00"))
    first = PaymentFactory(instalment=instalment, state="expired", ended_at=AT)
    second = PaymentFactory(instalment=instalment)
    at_once(*(lambda payment=payment: say(payment) for payment in (first, second, first, second)))
    assert Payment.objects.filter(state="paid", settles=True).count() == 1
    assert RefundDue.objects.count() == 1


def at_once(*acts):
    """What each returns, in threads of their own."""
    found, problems = [], []

    def run(act):
        try:
            found.append(act())
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    return found
