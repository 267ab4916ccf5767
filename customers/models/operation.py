"""`Operation`: what a customer asked to have done, and what was done (art. 42, paragraph 2, IVASS Reg. 41/2018)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.claim import Claim
from customers.models.customer import Customer, written_under_the_file_that_remains
from customers.models.policy import Policy
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.encryption import EncryptedJSONField
from foundation.guards import append_only, fixed, never_deleted
from foundation.requests import Person, Reader


class OperationQuerySet(models.QuerySet["Operation"]):
    """Questions asked about operations."""

    def visible_to(self, user: Reader) -> "OperationQuerySet":
        """Operations of the customers whose files the user may see, without those that are a person's alone."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"), is_private=False)

    def to_act_asked_by(self, user: Person) -> "OperationQuerySet":
        """The requests to act for another that the person wrote themself, from whichever account; newest first."""
        asked = self.filter(kind=OperationKind.REPRESENTATION, begun_by=user.pk)
        return asked.select_related("customer").order_by("-pk")

    def for_list(self) -> "OperationQuerySet":
        """With what a list of operations shows."""
        return self.select_related("customer", "policy", "claim")

    def open(self) -> "OperationQuerySet":
        """Asked for, and neither done nor refused nor withdrawn."""
        return self.filter(state__in=OPEN_STATES)


class OperationKind(models.TextChoices):
    """What may be asked. What each needs, checks and does: `customers.operations.kinds`."""

    PHONE = "phone", _("change of telephone number")
    EMAIL = "email", _("change of e-mail address")
    ADDRESS = "address", _("change of address")
    LANGUAGE = "language", _("change of language")
    SUSPENSION = "suspension", _("suspension of the cover")
    REACTIVATION = "reactivation", _("reactivation of the cover")
    SETTLEMENT = "settlement", _("settlement of a claim or benefit")
    SURRENDER = "surrender", _("surrender")
    PAYMENT = "payment", _("payment of a premium")
    FREQUENCY = "frequency", _("change of payment frequency")
    OFFER_ACCEPTED = "offer_accepted", _("acceptance of an offer")
    OFFER_REFUSED = "offer_refused", _("refusal of an offer")
    WITHDRAWAL = "withdrawal", _("withdrawal from a contract")
    CANCELLATION = "cancellation", _("cancellation at expiry")
    REFUND = "refund", _("refund")
    COPY = "copy", _("copy of a document")
    REPRESENTATION = "representation", _("acting for another")


class OperationState(models.TextChoices):
    """How far an operation has come."""

    ASKED = "asked", _("asked for")
    IN_PROGRESS = "in_progress", _("in progress")
    DONE = "done", _("carried out")
    REFUSED = "refused", _("not carried out")
    WITHDRAWN = "withdrawn", _("withdrawn by the customer")


OPEN_STATES = (OperationState.ASKED, OperationState.IN_PROGRESS)
ENDED_STATES = (OperationState.DONE, OperationState.REFUSED, OperationState.WITHDRAWN)


class OperationChannel(models.TextChoices):
    """By which door it was asked for."""

    PORTAL = "portal", _("reserved area")
    APP = "app", _("app")
    PHONE = "phone", _("phone")
    WRITTEN = "written", _("in writing")


class Operation(models.Model):
    """One thing that a customer asked to have done, by whichever door: typed facts, a receipt number, how it ended.

    It knows no contact: where a person must act, a contact points at it. `is_self_service` is for what was settled at
    once, without anybody here having to act; `is_private` for what is the asking person's affair alone: nobody else who
    acts for the customer sees it.
    """

    Kind = OperationKind
    State = OperationState
    Channel = OperationChannel

    OPEN_STATES = OPEN_STATES
    NEXT = {
        State.ASKED: {State.IN_PROGRESS, State.DONE, State.REFUSED, State.WITHDRAWN},
        State.IN_PROGRESS: {State.DONE, State.REFUSED, State.WITHDRAWN},
        State.DONE: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }

    submission_key = models.UUIDField(_("key of the submission"), unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="operations", verbose_name=_("customer"), db_index=False
    )
    policy = models.ForeignKey(
        Policy, models.PROTECT, null=True, blank=True, related_name="operations", verbose_name=_("policy")
    )
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="operations", verbose_name=_("claim")
    )
    facts = EncryptedJSONField(
        _("facts"),
        default=dict,
        blank=True,
        column="customers_operation.facts",
        help_text=_("What was asked, by the kind's own names"),
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ASKED)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.PORTAL)
    is_self_service = models.BooleanField(_("settled by the customer alone"), default=False)
    is_private = models.BooleanField(
        _("of the asking person alone"),
        default=False,
        db_default=False,
        help_text=_("Not the customer’s affair: whoever asked has no file of their own, and came by the customer’s"),
    )
    begun_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("begun by"))
    ended_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    answer = models.TextField(_("answer to the customer"), blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            one_of("kind", OperationKind, name="operation_kind_is_known"),
            one_of("channel", OperationChannel, name="operation_channel_is_known"),
            # No other state than the known ones either.
            models.CheckConstraint(
                condition=is_among("state", OPEN_STATES) & models.Q(ended_at__isnull=True)
                | is_among("state", ENDED_STATES) & models.Q(ended_at__isnull=False),
                name="operation_ended_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(answer=""), name="operation_refused_says_why"
            ),
            # The same asked twice is one operation: about a policy or a claim, else about the customer.
            models.UniqueConstraint(
                fields=["customer", "kind", "policy", "claim"],
                condition=is_among("state", OPEN_STATES) & ~models.Q(kind="representation"),  # of two parents, say
                nulls_distinct=False,
                name="one_open_operation_of_a_kind",
            ),
        ]
        indexes = [
            # The reserved area and the file: a customer's operations, newest first.
            models.Index(fields=["customer", "-asked_at", "-id"], name="operation_of_customer"),
            # The list of what is still to be done, oldest first.
            models.Index(fields=["asked_at", "id"], name="operation_open", condition=is_among("state", OPEN_STATES)),
            # The self-service figure: by day.
            models.Index(fields=["ended_at"], name="operation_ended", condition=models.Q(state="done")),
        ]
        triggers = [
            *never_deleted(),
            written_under_the_file_that_remains("customer_id"),
            fixed(
                "asked_is_fixed",
                ["submission_key", "kind", "customer", "policy", "claim", "facts", "is_private", "asked_at"],
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names of the customer, by which a text may call them."""
        return self.customer.every_name

    @property
    def number(self) -> str:
        """The receipt number that a person quotes, such as O-00000123."""
        return f"O-{self.pk:08d}" if self.pk else "O-?"


class OperationEvent(models.Model):
    """One step of an operation. Rows are added, never changed."""

    operation = models.ForeignKey(
        Operation, models.PROTECT, related_name="events", verbose_name=_("operation"), db_index=False
    )
    old = models.CharField(_("from"), max_length=12, choices=OperationState.choices, blank=True)
    new = models.CharField(_("to"), max_length=12, choices=OperationState.choices)
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("step of an operation")
        verbose_name_plural = _("steps of an operation")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["operation", "at"], name="operation_event_of")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.operation}: {self.get_new_display()}"
