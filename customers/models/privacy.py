"""`ErasureRequest`: a person asked that what is known of them be erased. `LegalHold`: what must not go, for now."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Customer
from foundation.constraints import is_among, one_of
from foundation.guards import fixed, never_deleted


class ErasureRequestQuerySet(models.QuerySet["ErasureRequest"]):
    """Questions asked about requests for erasure."""

    def undecided(self) -> "ErasureRequestQuerySet":
        """Nobody has answered yet: the term runs."""
        return self.filter(state=ErasureState.ASKED)

    def to_carry_out(self) -> "ErasureRequestQuerySet":
        """Granted, and something may still have to go."""
        return self.filter(state__in=TO_CARRY_OUT)


class ErasureState(models.TextChoices):
    """How far a request has come."""

    ASKED = "asked", pgettext_lazy("erasure", "asked for")
    WITHDRAWN = "withdrawn", pgettext_lazy("erasure", "withdrawn")
    REFUSED = "refused", pgettext_lazy("erasure", "refused")
    GRANTED = "granted", pgettext_lazy("erasure", "granted, to be carried out")
    CARRIED_OUT = "carried_out", pgettext_lazy("erasure", "carried out, something remains for now")
    FINISHED = "finished", pgettext_lazy("erasure", "carried out, nothing remains")


OPEN_STATES = (ErasureState.ASKED, ErasureState.GRANTED)
TO_CARRY_OUT = (ErasureState.GRANTED, ErasureState.CARRIED_OUT)
DECIDED = (ErasureState.REFUSED, ErasureState.GRANTED, ErasureState.CARRIED_OUT, ErasureState.FINISHED)


class ErasureRequest(models.Model):
    """One request (art. 17 GDPR), to be answered within a month, or within three where it was lengthened (art. 12(3)).

    `due_on` is the day that counts; `first_due_on` is the one before it was lengthened, empty where it was not.
    `outcome` is the list of what went and what remains, by kind of row: numbers, reasons and days, and no data.
    """

    State = ErasureState

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="erasure_requests", verbose_name=_("customer"), db_index=False
    )
    state = models.CharField(_("state"), max_length=11, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    due_on = models.DateField(_("to be answered by"))
    first_due_on = models.DateField(_("to be answered by at first"), null=True, blank=True)
    lengthened_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lengthened by")
    )
    lengthened_at = models.DateTimeField(_("lengthened at"), null=True, blank=True)
    lengthened_because = models.TextField(_("why it was lengthened"), blank=True)
    decided_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    carried_out_at = models.DateTimeField(_("carried out at"), null=True, blank=True)
    outcome = models.JSONField(_("what went and what remains"), default=list, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for erasure")
        verbose_name_plural = _("requests for erasure")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            one_of("state", ErasureState, name="erasure_state_is_known"),
            models.UniqueConstraint(
                fields=["customer"], condition=is_among("state", OPEN_STATES), name="one_open_erasure_per_customer"
            ),
            models.CheckConstraint(
                condition=is_among("state", DECIDED) & Q(decided_at__isnull=False)
                | ~is_among("state", DECIDED) & Q(decided_at__isnull=True, decided_by__isnull=True),
                name="erasure_decided_has_its_moment",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="erasure_refused_says_why"),
            models.CheckConstraint(
                condition=is_among("state", (ErasureState.CARRIED_OUT, ErasureState.FINISHED))
                & Q(carried_out_at__isnull=False)
                | ~is_among("state", (ErasureState.CARRIED_OUT, ErasureState.FINISHED))
                & Q(carried_out_at__isnull=True),
                name="erasure_carried_out_has_its_moment",
            ),
            models.CheckConstraint(
                condition=is_among("state", (*OPEN_STATES, ErasureState.CARRIED_OUT)) & Q(ended_at__isnull=True)
                | ~is_among("state", (*OPEN_STATES, ErasureState.CARRIED_OUT)) & Q(ended_at__isnull=False),
                name="erasure_ended_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(
                    lengthened_at__isnull=True,
                    lengthened_by__isnull=True,
                    lengthened_because="",
                    first_due_on__isnull=True,
                )
                | Q(lengthened_at__isnull=False, lengthened_by__isnull=False, due_on__gt=F("first_due_on"))
                & ~Q(lengthened_because=""),
                name="erasure_lengthened_says_why_and_from_when",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-asked_at"], name="erasure_of_customer"),
            # The data protection officer's list, and what the nightly run looks at again.
            models.Index(fields=["due_on"], name="erasure_undecided", condition=Q(state="asked")),
            models.Index(fields=["id"], name="erasure_to_carry_out", condition=is_among("state", TO_CARRY_OUT)),
        ]
        triggers = [
            *never_deleted(),
            fixed("asked_is_fixed", ["customer", "asked_by", "asked_at"]),
            fixed("due_on_is_fixed", ["due_on"], once=pgtrigger.Q(new__lengthened_at__isnull=True)),
            fixed(
                "lengthened_once",
                ["due_on", "first_due_on", "lengthened_by", "lengthened_at", "lengthened_because"],
                once=pgtrigger.Q(old__lengthened_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} – {timezone.localtime(self.asked_at):%d/%m/%Y}"

    def days_left(self, today: date) -> int:
        """Days until the answer is owed; below zero when it is late."""
        return (self.due_on - today).days

    def is_overdue(self, today: date) -> bool:
        """Whether nobody answered within the term."""
        return self.state == ErasureState.ASKED and self.due_on < today


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    """Questions asked about legal holds."""

    def in_force(self) -> "LegalHoldQuerySet":
        """Not lifted."""
        return self.filter(lifted_at__isnull=True)


class LegalHold(models.Model):
    """What neither an erasure nor the retention may touch until somebody lifts it, because a dispute needs it.

    It is over the whole file of a customer, or over what belongs to one matter of theirs (`matter`: `customers.Claim:17`).
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="legal_holds", verbose_name=_("customer"), db_index=False
    )
    matter = models.CharField(
        _("matter"), max_length=60, blank=True, help_text=_("Empty: the whole file of the customer")
    )
    reason = models.TextField(_("reason"))
    set_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("set at"), default=timezone.now)
    lifted_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_because = models.TextField(_("why it was lifted"), blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-set_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(matter="") | Q(matter__regex=r"^[a-z_]+\.[A-Za-z]+:[0-9]+$"), name="hold_matter_shape"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_because="")
                | Q(lifted_at__isnull=False) & ~Q(lifted_because=""),
                name="hold_lifted_says_why",
            ),
            models.UniqueConstraint(
                fields=["customer", "matter"], condition=Q(lifted_at__isnull=True), name="one_hold_per_matter"
            ),
        ]
        indexes = [models.Index(fields=["customer", "-set_at"], name="hold_of_customer")]
        triggers = [*never_deleted(), fixed("set_is_fixed", ["customer", "matter", "reason", "set_by", "set_at"])]

    def __str__(self) -> str:
        return f"{self.pk} – {timezone.localtime(self.set_at):%d/%m/%Y}"

    @property
    def is_in_force(self) -> bool:
        """Whether nobody has lifted it."""
        return self.lifted_at is None
