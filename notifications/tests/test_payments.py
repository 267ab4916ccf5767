"""Payments as they are confirmed: the customer is written to once, lost confirmations are found, and what differs is listed."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from customers import roles
from customers.models import Instalment, PaymentEvent, PaymentIncident, RefundDue
from customers.payments.commands import begin_instalment_payment, begin_offer_payment, open_checkout
from customers.payments.providers import Unavailable
from customers.payments.sandbox import Sandbox, confirmation_of, count_confirmation, end_page, page_of
from customers.payments.signatures import NotAuthentic
from customers.tests.factories import (
    InstalmentFactory,
    PaymentEventFactory,
    PaymentFactory,
    PolicyFactory,
    RefundDueFactory,
    RenewalOfferFactory,
    UserFactory,
)
from foundation.dates import ROME
from notifications.deadlines import no_longer_owed, plan_alerts
from notifications.models import Notice
from notifications.payments import (
    ask_provider,
    book_payment,
    close_incident,
    poll_payments,
    reconcile_payments,
    refund_payment,
    take_confirmation,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
Word = PaymentEvent.Word


@pytest.fixture(autouse=True)
def sandbox(settings, tmp_path):
    settings.PAYMENT_PROVIDER, settings.PAYMENT_SANDBOX_PATH = "sandbox", tmp_path / "payments"


@pytest.fixture
def instalment():
    return InstalmentFactory(amount=Decimal("240.00"), policy__plate="AB123CD")


def begun(about, **changed):
    """An attempt whose page is open."""
    begin = begin_instalment_payment if isinstance(about, Instalment) else begin_offer_payment
    payment = begin(about, key=uuid.uuid4(), provider="sandbox", by=UserFactory(role=roles.CUSTOMER))
    open_checkout(payment, Sandbox(), title="", return_url="/", language="it")
    payment.refresh_from_db()
    return payment


def confirm(payment, word=Word.PAID, *, now=None, **given):
    """What the sandbox's page does."""
    now = now or timezone.now()
    page = page_of(payment.provider_reference)
    page = page if page.word else end_page(page, word, **given)
    body, headers = confirmation_of(page, now=now)
    count_confirmation(page)
    return take_confirmation(Sandbox(), body, headers, now=now)


# --- What the customer is written ---------------------------------------------------------------------------------------
def test_a_payment_is_acknowledged_with_sum_policy_and_number(instalment):
    payment = confirm(begun(instalment)).payment
    [notice] = Notice.objects.all()
    assert (notice.kind, notice.customer) == ("payment-received", payment.customer)
    for wanted in ("240,00 euro", instalment.policy.number, payment.number, "AB123CD"):
        assert wanted in notice.body_text


def test_a_renewal_is_acknowledged_with_its_period():
    offer = RenewalOfferFactory(starts_on=date(2027, 1, 8), valid_until=timezone.localdate())
    confirm(begun(offer))
    assert "dall’8 gennaio 2027" in Notice.objects.get().body_text


def test_the_same_confirmation_three_times_writes_once(instalment):
    payment = begun(instalment)
    for _time in range(3):
        confirm(payment)
    assert (Notice.objects.count(), PaymentEvent.objects.count()) == (1, 1)


def test_money_that_goes_back_is_announced_and_its_return_too(instalment):
    payment = begun(instalment)
    Instalment.objects.update(paid_on=date(2026, 5, 1))
    refund = confirm(payment).refund
    refund_payment(refund, refunded_on=timezone.localdate(), way="Riaccredito sulla carta", by=UserFactory())
    kinds = list(Notice.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["payment-to-refund", "payment-refunded"]
    assert "Riaccredito sulla carta" in Notice.objects.latest("pk").body_text


@pytest.mark.parametrize("reason", RefundDue.Reason.values)
def test_every_reason_for_a_refund_has_its_words(instalment, reason):
    event = PaymentEventFactory(reference=begun(instalment).reference)
    changes = {
        "paid_elsewhere": {"paid_on": date(2026, 5, 1)},
        "amount_changed": {"amount": Decimal(1)},
        "not_owed": {},
        "paid_twice": {},
        "not_as_asked": {},
    }[reason]
    Instalment.objects.update(**changes or {"due_on": date(2026, 5, 1)})
    if reason == "not_owed":
        instalment.policy.state = "cancelled"
        instalment.policy.save()
    if reason == "paid_twice":
        PaymentFactory(instalment=instalment, paid=True)
    if reason == "not_as_asked":
        event = PaymentEventFactory(reference=event.reference, amount=Decimal("2.40"))
        book_payment(event)
        refund = close(decision="refund").refund
    else:
        refund = book_payment(event).refund
    assert refund.reason == reason
    assert "€" not in Notice.objects.get().subject


@pytest.mark.parametrize("word", [Word.REFUSED, Word.ABANDONED, Word.EXPIRED])
def test_what_was_not_paid_is_not_written_about(instalment, word):
    confirm(begun(instalment), word)
    assert Notice.objects.count() == 0


def close(**given):
    return close_incident(PaymentIncident.objects.open().get(), reason="Verificato", by=UserFactory(), **given)


def test_other_money_that_goes_back_is_announced_with_the_sum_that_came(instalment):
    booked = book_payment(PaymentEventFactory(reference=begun(instalment).reference, amount=Decimal("2.40")))
    refund = close(decision="refund").refund
    assert "2,40 euro" in Notice.objects.get().body_text
    refund_payment(refund, refunded_on=timezone.localdate(), way="Riaccredito sulla carta", by=UserFactory())
    done = Notice.objects.latest("pk")
    assert (done.kind, booked.payment) == ("payment-refunded", refund.payment)
    assert "2,40 euro" in done.body_text
    assert "1° giugno 2026" in done.body_text


@pytest.mark.parametrize(
    ("changed", "decision", "kind"),
    [
        ({"merchant": "another"}, "counts", "payment-received"),
        ({"amount": Decimal("2.40")}, "no_money", "payment-not-received"),
    ],
)
def test_the_customer_is_written_to_when_an_incident_is_closed(instalment, changed, decision, kind):
    book_payment(PaymentEventFactory(reference=begun(instalment).reference, **changed))
    assert Notice.objects.count() == 0
    close(decision=decision)
    assert Notice.objects.get().kind == kind


# --- Confirmations --------------------------------------------------------------------------------------------------
def test_a_confirmation_is_kept_as_it_came(instalment):
    confirm(begun(instalment))
    assert json.loads(PaymentEvent.objects.get().body)["word"] == "paid"


def test_a_confirmation_that_is_not_signed_leaves_nothing(instalment):
    payment = begun(instalment)
    body, _headers = confirmation_of(end_page(page_of(payment.provider_reference), Word.PAID), now=NOW)
    with pytest.raises(NotAuthentic):
        take_confirmation(Sandbox(), body, {}, now=NOW)
    assert PaymentEvent.objects.count() == 0


def test_a_confirmation_recorded_and_sent_again_later_is_refused(instalment):
    payment = begun(instalment)
    body, headers = confirmation_of(end_page(page_of(payment.provider_reference), Word.PAID), now=NOW)
    with pytest.raises(NotAuthentic):
        take_confirmation(Sandbox(), body, headers, now=NOW + timedelta(minutes=6))


def test_a_confirmation_of_another_amount_pays_nothing(instalment):
    payment = begun(instalment)
    confirm(payment, amount="1.00")
    payment.refresh_from_db()
    assert (payment.state, PaymentIncident.objects.get().stated, Notice.objects.count()) == ("open", "1.00", 0)


# --- The alerts ---------------------------------------------------------------------------------------------------------
def test_an_alert_already_queued_is_withheld_once_it_is_paid():
    today = timezone.localdate()
    policy = PolicyFactory(starts_on=today - timedelta(days=300), ends_on=today + timedelta(days=100))
    instalment = InstalmentFactory(policy=policy, due_on=today + timedelta(days=5))
    plan_alerts(today)
    [alert] = Notice.objects.filter(kind="instalment-due")
    confirm(begun(instalment))
    assert no_longer_owed([alert], timezone.now()) == {alert.pk: "Pagato nel frattempo."}
    Notice.objects.filter(pk=alert.pk).update(state="withheld")
    assert plan_alerts(today)["instalment-due"] == 0


def test_an_expiry_whose_renewal_was_paid_is_not_announced_any_more():
    today = timezone.localdate()
    policy = PolicyFactory(starts_on=today - timedelta(days=340), ends_on=today + timedelta(days=20))
    offer = RenewalOfferFactory(policy=policy)
    plan_alerts(today)
    [alert] = Notice.objects.filter(kind="policy-expiring")
    confirm(begun(offer))
    assert set(no_longer_owed([alert], timezone.now())) == {alert.pk}
    Notice.objects.filter(pk=alert.pk).update(state="withheld")
    assert plan_alerts(today)["policy-expiring"] == 0


# --- The poll -------------------------------------------------------------------------------------------------------
def test_a_confirmation_that_was_lost_is_found_by_asking(instalment):
    payment = begun(instalment)
    end_page(page_of(payment.provider_reference), Word.PAID)
    now = timezone.now()
    assert poll_payments(now + timedelta(minutes=1)) == 0
    assert poll_payments(now + timedelta(minutes=3)) == 1
    instalment.refresh_from_db()
    assert (instalment.paid_on, PaymentEvent.objects.get().source) == (timezone.localdate(), "question")
    assert poll_payments(now + timedelta(minutes=6)) == 0


def test_what_was_kept_and_not_booked_is_booked_by_the_next_round(instalment):
    payment = begun(instalment)
    PaymentEventFactory(reference=payment.reference, provider_reference=payment.provider_reference)
    assert poll_payments(timezone.now() + timedelta(minutes=2)) >= 1
    payment.refresh_from_db()
    assert (payment.state, Notice.objects.count()) == ("paid", 1)


def test_a_provider_that_is_away_is_asked_again(instalment, monkeypatch):
    payment = begun(instalment)

    def away(self, payment, *, now):
        raise Unavailable("away")

    monkeypatch.setattr(Sandbox, "ask", away)
    assert poll_payments(timezone.now() + timedelta(minutes=3)) == 0
    assert reconcile_payments(timezone.now() + timedelta(hours=2)).away == "sandbox"
    payment.refresh_from_db()
    assert payment.state == "open"


def test_a_provider_that_says_pending_leaves_all_as_it_is(instalment):
    payment = begun(instalment)
    assert ask_provider(payment, now=timezone.now()) is True
    assert PaymentEvent.objects.count() == 0


# --- The night ------------------------------------------------------------------------------------------------------
def test_the_night_books_what_was_paid_and_never_confirmed(instalment):
    payment = begun(instalment)
    end_page(page_of(payment.provider_reference), Word.PAID)
    reconcile_payments(timezone.now() + timedelta(hours=3))
    instalment.refresh_from_db()
    assert instalment.paid_on == timezone.localdate()
    assert reconcile_payments(timezone.now() + timedelta(hours=3)).booked == 0


def test_the_night_ends_an_attempt_of_which_the_provider_knows_nothing(instalment):
    payment = PaymentFactory(instalment=instalment, provider_reference="sbx-none")
    now = timezone.now()
    assert reconcile_payments(now + timedelta(hours=5)).abandoned == 0
    assert reconcile_payments(now + timedelta(hours=25)).abandoned == 1
    payment.refresh_from_db()
    assert payment.state == "abandoned"


def test_the_night_ends_an_attempt_whose_page_has_closed(instalment):
    payment = begun(instalment)
    page = page_of(payment.provider_reference)
    end_page(page, Word.EXPIRED)
    reconcile_payments(timezone.now() + timedelta(hours=5))
    payment.refresh_from_db()
    assert payment.state == "expired"


def test_the_night_lists_what_is_paid_here_and_unknown_there(instalment):
    at = timezone.now() - timedelta(hours=5)
    payment = PaymentFactory(instalment=instalment, paid=True, paid_at=at, provider_reference="sbx-none")
    assert reconcile_payments(timezone.now()).missing == 1
    reconcile_payments(timezone.now())
    incident = PaymentIncident.objects.get()
    assert (incident.kind, incident.payment) == ("not_at_provider", payment)


def test_the_night_lists_what_is_paid_there_and_unknown_here(instalment):
    page = Sandbox().start(
        PaymentFactory.build(
            key=uuid.uuid4(),
            instalment=None,
            policy=None,
            customer=None,
            due_on=date(2026, 6, 1),
            amount=Decimal(5),
            begun_by=None,
        ),
        title="",
        return_url="/",
        language="it",
    )
    end_page(page_of(page.reference), Word.PAID)
    for _night in range(2):
        reconcile_payments(timezone.now() + timedelta(minutes=1))
    assert PaymentIncident.objects.filter(stated__contains=page.reference.removeprefix("sbx-")).count() == 1


def test_the_command_lists_what_differs_and_ends_with_one():
    at = timezone.now() - timedelta(hours=5)
    PaymentFactory(paid=True, paid_at=at, provider_reference="sbx-none")
    printed = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile_payments", stdout=printed)
    assert (ended.value.code, "missing=1" in printed.getvalue()) == (1, True)


def test_a_refund_is_recorded_on_a_day_by_the_clock_of_rome():
    refund = RefundDueFactory(payment__paid_at=datetime(2026, 6, 1, 0, 30, tzinfo=ROME))
    assert refund_payment(refund, refunded_on=date(2026, 6, 1), way="Bonifico", by=UserFactory()).refunded_on
