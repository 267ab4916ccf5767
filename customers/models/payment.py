"""`Payment` and what belongs to it: what the provider reported, what differs, what goes back, and `RenewalOffer`.

A payment is one attempt to pay one instalment or one renewal offer. `Instalment.paid_on` and `RenewalOffer.paid_on` remain
the truth of what is paid: an attempt that brought the money and settled it has `settles`; money for what was paid
already, or is not owed any more, is a payment too, with a `RefundDue` beside it.
"""

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Customer
from customers.models.policy import Instalment, Policy
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import fixed, never_deleted
from foundation.history import keep_history
from foundation.requests import Reader

EURO = "EUR"


class RenewalOfferQuerySet(models.QuerySet["RenewalOffer"]):
    """Questions asked about renewal offers."""

    def visible_to(self, user: Reader) -> "RenewalOfferQuerySet":
        """Offers for the policies that the user holds, or of the customers whose files they may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="policy__holder", agency="policy__agency"))

    def for_list(self) -> "RenewalOfferQuerySet":
        """With what a list of offers shows."""
        return self.select_related("policy__holder")

    def unpaid(self) -> "RenewalOfferQuerySet":
        """Neither paid nor withdrawn by the company."""
        return self.filter(paid_on__isnull=True, withdrawn_on__isnull=True)


@keep_history()
class RenewalOffer(models.Model):
    """What the company offers for the next period of a policy that does not renew by itself (art. 170-bis CAP).

    It comes from the company's system. To pay it is to accept it; the new contract follows from there.
    """

    number = models.CharField(_("offer number"), max_length=30, unique=True)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="renewal_offers", verbose_name=_("policy"))
    premium = models.DecimalField(_("premium (euro)"), max_digits=12, decimal_places=2)
    terms = models.TextField(_("terms"), blank=True)
    starts_on = models.DateField(_("new period from"))
    ends_on = models.DateField(_("new period until"))
    valid_until = models.DateField(_("valid until"))
    withdrawn_on = models.DateField(_("withdrawn by the company on"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = RenewalOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("renewal offer")
        verbose_name_plural = _("renewal offers")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(number=""), name="renewal_offer_has_a_number"),
            models.CheckConstraint(condition=models.Q(premium__gt=0), name="renewal_offer_premium_is_positive"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="renewal_offer_ends_after_it_starts"
            ),
        ]
        triggers = [
            *never_deleted(),
            # What somebody accepted and paid is kept as it was accepted.
            fixed(
                "paid_is_fixed",
                ["number", "policy", "premium", "terms", "starts_on", "ends_on", "accepted_at", "paid_on"],
                once=pgtrigger.Q(old__paid_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentState(models.TextChoices):
    """How far an attempt to pay has come."""

    OPEN = "open", pgettext_lazy("payment", "not confirmed yet")
    PAID = "paid", pgettext_lazy("payment", "paid")
    REFUSED = "refused", pgettext_lazy("payment", "refused")
    ABANDONED = "abandoned", pgettext_lazy("payment", "abandoned")
    EXPIRED = "expired", pgettext_lazy("payment", "expired")


def _unclear() -> models.Q:
    """Not confirmed yet, or looked at by a person."""
    return models.Q(state=PaymentState.OPEN) | models.Q(_has_open_incident())


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Questions asked about payments."""

    def visible_to(self, user: Reader) -> "PaymentQuerySet":
        """One's own payments, or those of the customers whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="policy__agency"))

    def for_list(self) -> "PaymentQuerySet":
        """With what a list of payments shows."""
        return self.select_related("customer", "policy", "refund")

    def open(self) -> "PaymentQuerySet":
        """Begun, and neither confirmed nor ended."""
        return self.filter(state=PaymentState.OPEN)

    def with_looked_at(self) -> "PaymentQuerySet":
        """Each with whether a person looks at it (`is_looked_at`)."""
        return self.annotate(is_looked_at=_has_open_incident())

    def that_matter(self) -> "PaymentQuerySet":
        """Those that settle what was due, and those whose end is not known; each with `is_looked_at`."""
        return self.with_looked_at().filter(models.Q(settles=True) | _unclear())

    def unclear(self) -> "PaymentQuerySet":
        """Those whose end is not known: not confirmed yet, or looked at by a person."""
        return self.filter(_unclear())


def _has_open_incident() -> models.Exists:
    """Whether an incident of the payment is open; the model stands further down."""
    return models.Exists(PaymentIncident.objects.open().filter(payment=models.OuterRef("pk")))


@keep_history()
class Payment(models.Model):
    """One attempt to pay one instalment or one renewal offer through a provider. Never deleted, its amount never changed.

    `key` names the attempt: the form that began it has it, and the reference by which the provider knows us follows from
    it. A company's file may take an unpaid instalment away: the attempt then points at none, and keeps policy and day.
    """

    is_looked_at: bool  # as `with_looked_at` asks it

    State = PaymentState

    # A refusal, a withdrawal or an end is not the last word: a confirmation that comes later is real money.
    NEXT = {
        State.OPEN: {State.PAID, State.REFUSED, State.ABANDONED, State.EXPIRED},
        State.REFUSED: {State.PAID},
        State.ABANDONED: {State.PAID},
        State.EXPIRED: {State.PAID},
        State.PAID: set(),
    }

    key = models.UUIDField(_("key of the attempt"), unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="payments", verbose_name=_("customer"), db_index=False
    )
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="payments", verbose_name=_("policy"))
    instalment = models.ForeignKey(
        Instalment, models.SET_NULL, null=True, blank=True, related_name="payments", verbose_name=_("instalment")
    )
    offer = models.ForeignKey(
        RenewalOffer, models.PROTECT, null=True, blank=True, related_name="payments", verbose_name=_("renewal offer")
    )
    due_on = models.DateField(_("due on"))
    amount = models.DecimalField(_("amount (euro)"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default=EURO)
    payer_name = models.CharField(_("payer"), max_length=300)
    provider = models.CharField(_("provider"), max_length=20)
    provider_reference = models.CharField(_("reference of the provider"), max_length=255, blank=True)
    checkout_url = models.TextField(_("page of the provider"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(_("reason given by the provider"), max_length=300, blank=True)
    settles = models.BooleanField(_("settles what was due"), default=False)
    begun_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("begun by"))
    begun_at = models.DateTimeField(_("begun at"), default=timezone.now)
    expires_at = models.DateTimeField(_("page open until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-begun_at", "-pk"]
        constraints = [
            one_of("state", PaymentState, name="payment_state_is_known"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_amount_is_positive"),
            models.CheckConstraint(condition=models.Q(currency=EURO), name="payment_is_in_euro"),
            models.CheckConstraint(
                condition=models.Q(instalment__isnull=True) | models.Q(offer__isnull=True),
                name="payment_is_for_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at__isnull=True)
                | ~models.Q(state="open") & models.Q(ended_at__isnull=False),
                name="payment_ended_has_its_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state="paid", paid_at__isnull=False)
                | ~models.Q(state="paid") & models.Q(paid_at__isnull=True, settles=False),
                name="payment_paid_has_its_moment",
            ),
            # One attempt at a time, and one that settles: whatever is clicked, and by whichever road the news comes.
            models.UniqueConstraint(
                fields=["instalment"], condition=models.Q(state="open"), name="one_open_payment_of_an_instalment"
            ),
            models.UniqueConstraint(
                fields=["offer"], condition=models.Q(state="open"), name="one_open_payment_of_an_offer"
            ),
            models.UniqueConstraint(
                fields=["instalment"], condition=models.Q(settles=True), name="one_payment_settles_an_instalment"
            ),
            models.UniqueConstraint(
                fields=["offer"], condition=models.Q(settles=True), name="one_payment_settles_an_offer"
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_reference"],
                condition=~models.Q(provider_reference=""),
                name="one_payment_of_a_provider_reference",
            ),
        ]
        indexes = [
            # The reserved area and the file: a customer's payments, newest first.
            models.Index(fields=["customer", "-begun_at", "-id"], name="payment_of_customer"),
            # The poll and the nightly comparison: what is not confirmed yet.
            models.Index(fields=["begun_at"], name="payment_open", condition=models.Q(state="open")),
            # The nightly comparison: what was paid on a day.
            models.Index(fields=["paid_at"], name="payment_paid", condition=models.Q(state="paid")),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "begun_is_fixed",
                [
                    *("key", "customer", "policy", "offer", "due_on", "amount", "currency", "payer_name", "provider"),
                    *("begun_by", "begun_at"),
                ],
            ),
            fixed("instalment_is_fixed", ["instalment"], once=pgtrigger.Q(new__instalment__isnull=False)),
            fixed("paid_is_fixed", ["state", "paid_at", "settles"], once=pgtrigger.Q(old__state="paid")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that a person quotes, such as PG-00000123."""
        return f"PG-{self.pk:08d}" if self.pk else "PG-?"

    @property
    def reference(self) -> str:
        """By what the provider knows the attempt, and what makes its beginning idempotent there."""
        return f"vc-{self.key.hex}"

    @property
    def is_open(self) -> bool:
        """Whether nothing is known yet of its end."""
        return self.state == PaymentState.OPEN


class ProviderWord(models.TextChoices):
    """What a provider may say about an attempt."""

    PAID = "paid", pgettext_lazy("payment", "paid")
    PENDING = "pending", pgettext_lazy("payment", "pending")
    REFUSED = "refused", pgettext_lazy("payment", "refused")
    ABANDONED = "abandoned", pgettext_lazy("payment", "abandoned")
    EXPIRED = "expired", pgettext_lazy("payment", "expired")


class EventSource(models.TextChoices):
    """By which road the news came."""

    CONFIRMATION = "confirmation", _("confirmation of the provider")
    QUESTION = "question", _("our question to the provider")
    RECONCILIATION = "reconciliation", _("nightly comparison")


class EventOutcome(models.TextChoices):
    """What we made of the news."""

    BOOKED = "booked", _("booked as paid")
    REFUND = "refund", _("booked, to be refunded")
    MOVED = "moved", _("attempt ended")
    NOTED = "noted", _("nothing to do")
    INCIDENT = "incident", _("put among the incidents")


class PaymentEventQuerySet(models.QuerySet["PaymentEvent"]):
    """Questions asked about what providers reported."""

    def left(self) -> "PaymentEventQuerySet":
        """Stored, and not made anything of: the process that had them has ended."""
        return self.filter(outcome="")


class PaymentEvent(models.Model):
    """What a provider reported, kept as it came before anything is made of it; and, once, what was made of it."""

    Word = ProviderWord
    Source = EventSource
    Outcome = EventOutcome

    provider = models.CharField(_("provider"), max_length=20)
    event_id = models.CharField(_("id of the event"), max_length=300)
    source = models.CharField(_("source"), max_length=14, choices=Source.choices)
    word = models.CharField(_("what it says"), max_length=10, choices=Word.choices)
    reference = models.CharField(_("our reference"), max_length=255, blank=True)
    provider_reference = models.CharField(_("reference of the provider"), max_length=255, blank=True)
    merchant = models.CharField(_("merchant"), max_length=255, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=10, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    happened_at = models.DateTimeField(_("happened at"))
    body = models.TextField(_("as it came"), blank=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("payment")
    )
    outcome = models.CharField(_("what we made of it"), max_length=10, choices=Outcome.choices, blank=True)

    objects = PaymentEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("news of a payment")
        verbose_name_plural = _("news of payments")
        ordering = ["received_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="one_event_of_a_provider"),
            one_of("word", ProviderWord, name="payment_event_word_is_known"),
            one_of("source", EventSource, name="payment_event_source_is_known"),
            models.CheckConstraint(
                condition=models.Q(outcome="") | is_among("outcome", EventOutcome),
                name="payment_event_outcome_is_known",
            ),
        ]
        indexes = [
            # The sweep that goes on where a process ended.
            models.Index(fields=["received_at"], name="payment_event_left", condition=models.Q(outcome="")),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "reported_is_fixed",
                [
                    *("provider", "event_id", "source", "word", "reference", "provider_reference", "merchant"),
                    *("amount", "currency", "reason", "happened_at", "body", "received_at"),
                ],
            ),
            fixed("outcome_is_fixed", ["outcome", "payment"], once=~pgtrigger.Q(old__outcome="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_word_display()} ({self.get_source_display()})"


class IncidentKind(models.TextChoices):
    """Why a person has to look."""

    UNKNOWN = "unknown", _("no payment has this reference")
    AMOUNT = "amount", _("another amount")
    CURRENCY = "currency", _("another currency")
    MERCHANT = "merchant", _("another merchant")
    CHARGED_TWICE = "charged_twice", _("one attempt charged twice")
    NOT_AT_PROVIDER = "not_at_provider", _("paid here, not known to the provider")


class IncidentDecision(models.TextChoices):
    """What the person who closes an incident decides about the money."""

    REFUND = "refund", _("the money goes back to the customer")
    COUNTS = "counts", _("it counts as payment")
    NO_MONEY = "no_money", _("no money came")
    WITH_PROVIDER = "with_provider", _("settled with the provider; nothing changes for the customer")


class PaymentIncidentQuerySet(models.QuerySet["PaymentIncident"]):
    """Questions asked about incidents."""

    def open(self) -> "PaymentIncidentQuerySet":
        """Those at which nobody has looked yet."""
        return self.filter(closed_at__isnull=True)


class PaymentIncident(models.Model):
    """A difference between what a provider says and what we know. A person closes it: with a decision, and what they found."""

    Kind = IncidentKind
    Decision = IncidentDecision

    once = models.CharField(_("key"), max_length=400, unique=True)
    kind = models.CharField(_("what differs"), max_length=16, choices=Kind.choices)
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name=_("payment")
    )
    event = models.ForeignKey(
        PaymentEvent, models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name=_("news")
    )
    expected = models.CharField(_("as we know it"), max_length=300, blank=True)
    stated = models.CharField(_("as the provider says"), max_length=300, blank=True)
    found_at = models.DateTimeField(_("found at"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    decision = models.CharField(_("decision"), max_length=13, choices=Decision.choices, blank=True)
    closed_because = models.TextField(_("what was found"), blank=True)

    objects = PaymentIncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment incident")
        verbose_name_plural = _("payment incidents")
        ordering = ["-found_at", "-pk"]
        constraints = [
            one_of("kind", IncidentKind, name="incident_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, closed_by__isnull=True, closed_because="", decision="")
                | models.Q(closed_at__isnull=False, closed_by__isnull=False)
                & ~models.Q(closed_because="")
                & ~models.Q(decision=""),
                name="incident_closed_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="") | is_among("decision", IncidentDecision),
                name="incident_decision_is_known",
            ),
        ]
        indexes = [
            # The list of what a person has to look at, and its tile.
            models.Index(fields=["found_at"], name="incident_open", condition=models.Q(closed_at__isnull=True)),
        ]
        triggers = [
            *never_deleted(),
            fixed("found_is_fixed", ["once", "kind", "payment", "event", "expected", "stated", "found_at"]),
            fixed(
                "closed_is_fixed",
                ["closed_at", "closed_by", "decision", "closed_because"],
                once=pgtrigger.Q(old__closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"


class RefundReason(models.TextChoices):
    """Why money that came is not ours."""

    PAID_TWICE = "paid_twice", _("paid here before")
    PAID_ELSEWHERE = "paid_elsewhere", _("paid at the agency meanwhile")
    NOT_OWED = "not_owed", _("not owed any more")
    AMOUNT_CHANGED = "amount_changed", _("the amount due changed meanwhile")
    NOT_AS_ASKED = "not_as_asked", _("not what was to be paid")


class RefundQuerySet(models.QuerySet["RefundDue"]):
    """Questions asked about refunds."""

    def visible_to(self, user: Reader) -> "RefundQuerySet":
        """Refunds of the payments that the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="payment__customer", agency="payment__policy__agency"))

    def open(self) -> "RefundQuerySet":
        """Still to be given back."""
        return self.filter(refunded_on__isnull=True)


class RefundDue(models.Model):
    """Money that came and has to be given back: `amount`, which may be another than was asked. `refunded_on` is its end."""

    Reason = RefundReason

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="refund", verbose_name=_("payment"))
    reason = models.CharField(_("reason"), max_length=16, choices=Reason.choices)
    amount = models.DecimalField(_("amount (euro)"), max_digits=12, decimal_places=2)
    booked_at = models.DateTimeField(_("booked at"), default=timezone.now)
    refunded_on = models.DateField(_("refunded on"), null=True, blank=True)
    way = models.CharField(_("how it was refunded"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"), null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund due")
        verbose_name_plural = _("refunds due")
        ordering = ["-booked_at", "-pk"]
        constraints = [
            one_of("reason", RefundReason, name="refund_reason_is_known"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_amount_is_positive"),
            models.CheckConstraint(
                condition=models.Q(
                    refunded_on__isnull=True, way="", recorded_by__isnull=True, recorded_at__isnull=True
                )
                | models.Q(refunded_on__isnull=False, recorded_by__isnull=False, recorded_at__isnull=False)
                & ~models.Q(way=""),
                name="refund_done_says_when_how_and_by_whom",
            ),
        ]
        indexes = [
            # The list of what is to be given back, oldest first, and its tile.
            models.Index(fields=["booked_at"], name="refund_open", condition=models.Q(refunded_on__isnull=True)),
        ]
        triggers = [
            *never_deleted(),
            fixed("booked_is_fixed", ["payment", "reason", "amount", "booked_at"]),
            fixed(
                "refunded_is_fixed",
                ["refunded_on", "way", "recorded_by", "recorded_at"],
                once=pgtrigger.Q(old__refunded_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment}"
