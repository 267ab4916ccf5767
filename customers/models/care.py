"""`CareNeed`: what a person asked us to mind when we deal with them, for as long as they wish and no longer than a year."""

from datetime import date, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted
from foundation.requests import Reader

LONGEST = timedelta(days=366)  # until it is asked again
LONGEST_NOTE, LONGEST_REASON = 200, 200


class CareKind(models.TextChoices):
    """What to mind. It names what helps a person and no illness."""

    HEARING = "hearing", _("hearing")
    SIGHT = "sight", _("sight")
    LANGUAGE = "language", _("help with the language")
    BEREAVEMENT = "bereavement", _("bereavement")
    OTHER = "other", _("something else")


class CareStatedBy(models.TextChoices):
    """Who asked for it and agreed that it is written down."""

    PERSON = "person", _("the person")
    REPRESENTATIVE = "representative", _("whoever acts for them by law")


class CareNeedQuerySet(models.QuerySet["CareNeed"]):
    """Questions asked about needs of particular attention."""

    def visible_to(self, user: Reader) -> "CareNeedQuerySet":
        """All for company staff; agencies none, for it was confided to the company; customers read theirs in the copy of their data."""
        return self if reach_of(user).everything else self.none()

    def in_force(self, today: date) -> "CareNeedQuerySet":
        """Those that count on the day: not ended, and their last day has not passed."""
        return self.filter(ended_at__isnull=True, until__gte=today)


class CareNeed(models.Model):
    """One thing to mind with one customer, by their own statement, which is the only ground on which it may be kept.

    `agreed_at` is when they agreed, `recorded_by` the colleague who heard it. It ends by itself after `until`, its last day;
    whoever ends it earlier says why, and `until` becomes that day. What was written never changes: other words are another row.
    """

    Kind = CareKind
    StatedBy = CareStatedBy

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="care_needs", verbose_name=_("customer"), db_index=False
    )
    kind = models.CharField(_("what to mind"), max_length=12, choices=CareKind.choices)
    note = models.CharField(_("what helps"), max_length=LONGEST_NOTE, blank=True)
    stated_by = models.CharField(_("who asked for it"), max_length=14, choices=CareStatedBy.choices)
    recorded_by = models.ForeignKey(
        "customers.User", models.PROTECT, related_name="+", verbose_name=_("written by"), db_index=False
    )
    agreed_at = models.DateTimeField(_("agreed at"), default=timezone.now)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), help_text=_("Its last day"))
    ended_by = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
        db_index=False,
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_reason = models.CharField(_("why it ended"), max_length=LONGEST_REASON, blank=True)

    objects = CareNeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need of particular attention")
        verbose_name_plural = _("needs of particular attention")
        ordering = ["-agreed_at", "-pk"]
        constraints = [
            one_of("kind", CareKind, name="care_kind_is_known"),
            one_of("stated_by", CareStatedBy, name="care_stated_by_somebody_known"),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")) & Q(until__lte=F("since") + LONGEST),
                name="care_lasts_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_reason=""),
                name="care_ended_by_somebody_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(ended_at__isnull=True),
                name="one_open_care_need_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-agreed_at"], name="care_needs_of_customer"),
            # The retention, which looks for those that are over.
            models.Index(fields=["until"], name="care_needs_by_end"),
        ]
        triggers = [
            *never_deleted(),
            fixed("care_need_is_fixed", ["kind", "note", "stated_by", "recorded_by", "agreed_at", "since"]),
            fixed(
                "care_end_is_fixed",
                ["ended_by", "ended_at", "ended_reason", "until"],
                once=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def is_in_force(self, today: date) -> bool:
        """Whether it counts on the day, as `in_force` has it."""
        return self.ended_at is None and self.until >= today
