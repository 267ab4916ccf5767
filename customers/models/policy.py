"""`Policy`, who it covers and what is due for it."""

from datetime import date

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer, written_under_the_file_that_remains
from customers.rami import MOTOR_LIABILITY
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.history import keep_history
from foundation.requests import Reader


class PolicyQuerySet(models.QuerySet):
    """Questions asked about policies."""

    def visible_to(self, user: Reader) -> "PolicyQuerySet":
        """Policies within the user's reach: all for company staff, an agency's own, one's own as holder or adherent."""
        reach = reach_of(user)
        if reach.everything:
            return self
        within = reach.over(customer="holder", agency="agency")
        if reach.customer_id is not None:
            adherences = PolicyAdherent.objects.filter(customer__in=reach.customer_ids)
            within |= models.Q(pk__in=list(adherences.values_list("policy", flat=True)))
        return self.filter(within)

    def for_list(self) -> "PolicyQuerySet":
        """With what a list of policies shows."""
        return self.select_related("holder", "agency")

    def covering(self, customer: Customer, day: date) -> "PolicyQuerySet":
        """Held by the customer, or covering them on the day as an adherent of another's contract."""
        adherences = PolicyAdherent.objects.filter(customer=customer, starts_on__lte=day)
        adherences = adherences.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=day))
        held = Policy.objects.filter(holder=customer).order_by()
        # One index for each half: joined by OR, the planner would read the whole table.
        return self.filter(pk__in=held.values("pk").union(adherences.order_by().values("policy")))

    def expiring(self, first: date, last: date) -> "PolicyQuerySet":
        """In force and ending between the two days, both included."""
        return self.filter(state=Policy.State.ACTIVE, ends_on__range=(first, last))

    def not_renewed(self) -> "PolicyQuerySet":
        """Neither followed by a policy of the same vehicle that lasts longer, nor paid for the next year: by an instalment
        of it, or by a renewal offer that was accepted.

        A policy follows when it begins by the day after this one ends, or within its days of grace (art. 170-bis CAP): a
        later one leaves the vehicle uninsured in between. `notifications.deadlines` has the same rule in SQL.
        """
        grace = Case(When(ramo=MOTOR_LIABILITY, annual=True, then=F("grace_days")), default=Value(0))
        renewed_by = ExpressionWrapper(F("ends_on") + Greatest(grace, Value(1)), output_field=models.DateField())
        newer = Policy.objects.exclude(plate="").filter(
            plate=OuterRef("plate"),
            state=Policy.State.ACTIVE,
            holder=OuterRef("holder"),
            ramo=OuterRef("ramo"),
            ends_on__gt=OuterRef("ends_on"),
            starts_on__lte=OuterRef("renewed_by"),
        )
        paid = Instalment.objects.filter(policy=OuterRef("pk"), due_on__gte=OuterRef("ends_on"), paid_on__isnull=False)
        return self.alias(renewed_by=renewed_by).filter(~Exists(newer), ~Exists(paid)).without_paid_offer()

    def without_paid_offer(self) -> "PolicyQuerySet":
        """But for those whose renewal was accepted and paid, while the new contract is on its way."""
        accepted = Policy.objects.filter(
            pk=OuterRef("pk"),
            renewal_offers__starts_on__gte=OuterRef("ends_on"),
            renewal_offers__paid_on__isnull=False,
        )
        return self.filter(~Exists(accepted))


class PolicyState(models.TextChoices):
    """Whether a policy covers."""

    ACTIVE = "active", _("in force")
    SUSPENDED = "suspended", _("suspended")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")


@keep_history()
class Policy(models.Model):
    """A contract of insurance."""

    State = PolicyState

    number = models.CharField(_("policy number"), max_length=30, unique=True)
    holder = models.ForeignKey(Customer, models.PROTECT, related_name="policies", verbose_name=_("policyholder"))
    agency = models.ForeignKey("customers.Agency", models.PROTECT, related_name="policies", verbose_name=_("agency"))
    ramo = models.CharField(_("line of business (ramo)"), max_length=4)
    product = models.CharField(_("product"), max_length=120)
    plate = models.CharField(_("plate"), max_length=15, blank=True)
    sum_insured = models.DecimalField(_("sum insured (euro)"), max_digits=14, decimal_places=2, null=True, blank=True)
    premium = models.DecimalField(_("yearly premium (euro)"), max_digits=12, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField(_("in force from"))
    ends_on = models.DateField(_("expires on"))
    annual = models.BooleanField(
        _("annual contract"), default=True, help_text=_("Only an annual contract has days of grace")
    )
    tacit_renewal = models.BooleanField(_("renews tacitly"), default=False)
    grace_days = models.PositiveSmallIntegerField(_("days of grace after expiry"), default=15)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)
    suspended_on = models.DateField(_("suspended on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(number=""), name="policy_has_a_number"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="policy_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(premium__isnull=True) | models.Q(premium__gte=0), name="policy_premium_not_negative"
            ),
            one_of("state", PolicyState, name="policy_state_is_known"),
            models.CheckConstraint(
                condition=~models.Q(state="suspended") | models.Q(suspended_on__isnull=False),
                name="policy_suspended_has_its_day",
            ),
        ]
        indexes = [
            # The nightly plan of expiry alerts, set-based over the whole portfolio.
            models.Index(
                fields=["ends_on"],
                include=["holder", "ramo"],
                name="policy_expiring",
                condition=models.Q(state="active"),
            ),
            # Those that ended so long ago that they go, among all that there were.
            models.Index(fields=["ends_on"], name="policy_ended"),
            models.Index(
                OpClass("plate", name="text_pattern_ops"), name="policy_plate", condition=~models.Q(plate="")
            ),
        ]
        triggers = [written_under_the_file_that_remains("holder_id")]

    def __str__(self) -> str:
        return self.number


class PolicyAdherent(models.Model):
    """Somebody covered by another's collective contract, who sees it in the reserved area too (art. 42 Reg. 41/2018)."""

    policy = models.ForeignKey(
        Policy, models.CASCADE, related_name="adherents", verbose_name=_("policy"), db_index=False
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="adherences", verbose_name=_("adherent"))
    starts_on = models.DateField(_("covered from"))
    ends_on = models.DateField(_("covered until"), null=True, blank=True)

    class Meta:
        verbose_name = _("adherent")
        verbose_name_plural = _("adherents")
        constraints = [
            models.UniqueConstraint(fields=["policy", "customer"], name="one_adherence_per_policy"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="adherence_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}: {self.customer}"


class InstalmentQuerySet(models.QuerySet):
    """Questions asked about instalments."""

    def visible_to(self, user: Reader) -> "InstalmentQuerySet":
        """Instalments of the policies the user may see."""
        return self if reach_of(user).everything else self.filter(policy__in=Policy.objects.visible_to(user))

    def unpaid(self) -> "InstalmentQuerySet":
        """Still owed."""
        return self.filter(paid_on__isnull=True)


@keep_history()
class Instalment(models.Model):
    """A premium due on a day, in euro."""

    policy = models.ForeignKey(
        Policy, models.CASCADE, related_name="instalments", verbose_name=_("policy"), db_index=False
    )
    due_on = models.DateField(_("due on"))
    amount = models.DecimalField(_("amount (euro)"), max_digits=12, decimal_places=2)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "due_on"], name="one_instalment_per_policy_and_day"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="instalment_amount_is_positive"),
        ]
        indexes = [
            # The nightly plan of payment alerts.
            models.Index(
                fields=["due_on"],
                include=["policy", "amount"],
                name="instalment_unpaid",
                condition=models.Q(paid_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} – {self.due_on:%d/%m/%Y}"
