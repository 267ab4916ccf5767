"""`Claim`, the record of a loss. Taking one in is a conversation, and lives in `contact_center`."""

import re
from string import ascii_uppercase

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer, written_under_the_file_that_remains
from customers.models.policy import Policy
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.history import keep_history
from foundation.requests import Reader

LONGEST_NUMBER = 30
_BESIDE_DIGITS = "^[^0-9]+|[^A-Z0-9]"  # what stands before the first digit; blanks and marks
_REPORT = re.compile(r"(?:DEN)?([0-9]{4})([0-9]{1,6})")  # a report's number without its marks


def report_number(year: int, sequence: int) -> str:
    """A report's number, as it is written."""
    return f"DEN-{year}-{sequence:06d}"


def bare_number(column: str) -> Func:
    """The expression of a number without the letters it begins with and without marks, as its index has it: `201900123`."""
    return Func(
        Upper(column),
        Value(_BESIDE_DIGITS),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=models.CharField(),
    )


class ClaimQuerySet(models.QuerySet):
    """Questions asked about claims."""

    def visible_to(self, user: Reader) -> "ClaimQuerySet":
        """Claims within the user's reach: all for company staff, an agency's own, one's own."""
        reach = reach_of(user)
        if reach.everything:
            return self
        within = reach.over(customer="customer", agency="policy__agency")
        if reach.customer_id is not None:
            # Ids rather than a join: each side of the OR then has an index to look in.
            held = Policy.objects.filter(holder=reach.customer_id)
            within |= models.Q(policy__in=list(held.values_list("pk", flat=True)))
        return self.filter(within)

    def for_list(self) -> "ClaimQuerySet":
        """With what a list of claims shows."""
        return self.select_related("policy", "customer")

    def with_number(self, text: str) -> "ClaimQuerySet":
        """Those whose number begins so, whatever its case and marks, with or without the letters before it.

        The number of a report made here names its claim when it is written whole: DEN-2026-000017, 2026/17.
        """
        plain = re.sub("[^A-Z0-9]", "", text.upper())
        bare = plain.lstrip(ascii_uppercase)
        if not bare or len(plain) > LONGEST_NUMBER:
            return self.none()
        begins = Q(_bare__startswith=bare)
        if plain != bare:  # letters were typed: they are those of the number, whatever stands between
            begins &= Q(number__iregex=f"^{'[^A-Za-z0-9]*'.join(plain)}")
        if report := _REPORT.fullmatch(plain):
            begins |= Q(report_number=report_number(int(report[1]), int(report[2])))
        return self.alias(_bare=bare_number("number")).filter(begins)

    def of_customer(self, customer: Customer) -> "ClaimQuerySet":
        """Claims of the customer's own, and those on the policies that they hold."""
        own, held = Claim.objects.filter(customer=customer), Claim.objects.filter(policy__holder=customer)
        # One index for each half: joined by OR, the planner would read the whole table.
        return self.filter(pk__in=own.order_by().values("pk").union(held.order_by().values("pk")))

    def waiting_for_number(self) -> "ClaimQuerySet":
        """Reported here, and not yet known by the repertory number of the company's system."""
        return self.filter(WAITS_FOR_NUMBER)

    def open(self) -> "ClaimQuerySet":
        """Neither paid nor refused nor closed without payment."""
        return self.filter(state__in=Claim.OPEN_STATES)


class ClaimKind(models.TextChoices):
    """What was damaged."""

    PROPERTY = "property", _("damage to things")
    INJURY = "injury", _("injury")
    MIXED = "mixed", _("damage to things and injury")


class ClaimState(models.TextChoices):
    """How far a claim has come."""

    REPORTED = "reported", _("reported")
    TAKEN_IN_CHARGE = "taken_in_charge", _("taken in charge")
    OFFERED = "offered", _("offer made")
    ACCEPTED = "accepted", _("offer accepted")
    PAID = "paid", _("paid")
    REFUSED = "refused", _("refused")
    CLOSED = "closed", _("closed without payment")


# Reported here, and not yet in the files of the company's system: its number is still that of the report.
WAITS_FOR_NUMBER = ~models.Q(report_number="") & models.Q(number=models.F("report_number"))
OPEN_STATES = (ClaimState.REPORTED, ClaimState.TAKEN_IN_CHARGE, ClaimState.OFFERED, ClaimState.ACCEPTED)


@keep_history()
class Claim(models.Model):
    """A loss reported under a policy, with the people who follow it and the days its legal clock counts from."""

    Kind = ClaimKind

    State = ClaimState

    OPEN_STATES = OPEN_STATES

    number = models.CharField(_("repertory number"), max_length=LONGEST_NUMBER, unique=True)
    report_number = models.CharField(
        _("number of the report"),
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text=_("Of one reported here: it is its number until the repertory number comes"),
    )
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="claims", verbose_name=_("policy"))
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="claims", verbose_name=_("reported by"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PROPERTY)
    description = models.TextField(_("what happened"), blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    signed_by_both = models.BooleanField(
        _("accident form signed by both drivers"),
        default=False,
        help_text=_("Shortens the term for the offer to 30 days"),
    )
    occurred_on = models.DateField(_("happened on"))
    occurred_time = models.TimeField(_("at about"), null=True, blank=True)
    reported_on = models.DateField(_("reported on"))
    complete_on = models.DateField(
        _("file complete on"), null=True, blank=True, help_text=_("The legal clock starts here")
    )
    adjuster = models.CharField(_("adjuster"), max_length=150, blank=True)
    adjuster_phone = models.CharField(_("adjuster's phone"), max_length=16, blank=True)
    assessor = models.CharField(_("assessor"), max_length=150, blank=True)
    repairer = models.CharField(_("affiliated repairer"), max_length=200, blank=True)
    visit_on = models.DateField(_("assessor's visit on"), null=True, blank=True)
    visit_place = models.CharField(_("place of the visit"), max_length=200, blank=True, default="", db_default="")
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.REPORTED)
    offered_on = models.DateField(_("offer or reasoned refusal on"), null=True, blank=True)
    offered_amount = models.DecimalField(_("offered (euro)"), max_digits=12, decimal_places=2, null=True, blank=True)
    refusal_reason = models.TextField(
        _("reason of the refusal"),
        blank=True,
        default="",
        db_default="",
        help_text=_("As the reporter of the claim reads it"),
    )
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    paid_amount = models.DecimalField(_("paid (euro)"), max_digits=12, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-reported_on", "-pk"]
        permissions = [("settle_claim", "Can record the offer, the payment or the refusal of a claim")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(number=""), name="claim_has_a_number"),
            models.CheckConstraint(
                condition=models.Q(reported_on__gte=models.F("occurred_on")), name="claim_reported_after_the_event"
            ),
            models.UniqueConstraint(
                fields=["report_number"], condition=~models.Q(report_number=""), name="claim_report_number_is_its_own"
            ),
            one_of("state", ClaimState, name="claim_state_is_known"),
            one_of("kind", ClaimKind, name="claim_kind_is_known"),
            models.CheckConstraint(
                condition=~models.Q(state="paid") | models.Q(paid_on__isnull=False, paid_amount__isnull=False),
                name="claim_paid_has_day_and_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(refusal_reason="") | models.Q(state="refused"), name="claim_reason_is_of_a_refusal"
            ),
            models.CheckConstraint(
                condition=models.Q(visit_place="") | models.Q(visit_on__isnull=False), name="claim_visit_has_its_day"
            ),
            models.CheckConstraint(
                condition=models.Q(paid_amount__isnull=True) | models.Q(paid_amount__gte=0),
                name="claim_paid_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(offered_amount__isnull=True) | models.Q(offered_amount__gte=0),
                name="claim_offered_amount_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-reported_on"], name="claim_of_customer"),
            # The search: the beginning of a number, however it is written.
            models.Index(OpClass(bare_number("number"), name="text_pattern_ops"), name="claim_bare_number"),
            # The import: a loss of a policy and day that was reported here and has no repertory number yet.
            models.Index(fields=["policy", "occurred_on"], name="claim_waits_for_number", condition=WAITS_FOR_NUMBER),
            models.Index(
                fields=["reported_on"],
                name="claim_open",
                condition=is_among("state", OPEN_STATES),
            ),
        ]
        triggers = [written_under_the_file_that_remains("customer_id")]

    def __str__(self) -> str:
        return self.number

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names of the customer, by which a text may call them."""
        return self.customer.every_name

    @property
    def waits_for_number(self) -> bool:
        """Whether the repertory number of the company's system is still to come."""
        return bool(self.report_number) and self.number == self.report_number
