"""Two files of one person: `DuplicatePair`, which are likely to be, and `CustomerJoin`, that they were joined and by whom."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.visibility import reach_of
from foundation.constraints import is_among
from foundation.guards import fixed, never_deleted
from foundation.requests import Reader


class DuplicateReason(models.TextChoices):
    """Why two files are likely to be of one person."""

    VAT_NUMBER = "vat_number", _("same VAT number and name")
    VERIFIED_POINT = "point", _("same verified number or address and similar name")
    BIRTH_DATE = "birth_date", _("same name and date of birth")
    HOME = "home", _("same name and postal address")
    BY_HAND = "by_hand", _("found by a colleague")


class DuplicateState(models.TextChoices):
    """What became of a suggestion."""

    SUGGESTED = "suggested", _("to be decided")
    DISMISSED = "dismissed", _("two different people")
    JOINED = "joined", _("joined")


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    """Questions asked about pairs."""

    def visible_to(self, user: Reader) -> "DuplicatePairQuerySet":
        """All for company staff; an agency compares nobody, for the other file may be another agency's."""
        return self if reach_of(user).everything else self.none()

    def for_list(self) -> "DuplicatePairQuerySet":
        """With what a list of pairs shows."""
        return self.select_related("first", "second", "decided_by")


class DuplicatePair(models.Model):
    """Two files that are likely to be of one person, found each night or by a colleague, and what was decided.

    `first` is the file with the lower id. What was dismissed remains dismissed, whatever the nights find.
    """

    State = DuplicateState
    Reason = DuplicateReason

    first = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("first file"), db_index=False)
    second = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("second file"))
    reasons = ArrayField(
        models.CharField(max_length=10, choices=Reason.choices), default=list, verbose_name=_("why it is likely")
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.SUGGESTED)
    found_at = models.DateTimeField(_("found at"), default=timezone.now)
    seen_on = models.DateField(_("last found on"), default=timezone.localdate)
    decided_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.CharField(_("why it was decided so"), max_length=500, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of files of one person")
        verbose_name_plural = _("likely duplicates")
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_pair_of_two_files"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_first_is_the_lower"),
            # No other state than the known ones either.
            models.CheckConstraint(
                condition=Q(state="suggested", decided_at__isnull=True, decided_by__isnull=True, decision_reason="")
                | is_among("state", (DuplicateState.DISMISSED, DuplicateState.JOINED))
                & Q(decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(decision_reason=""),
                name="duplicate_decided_says_why",
            ),
        ]
        indexes = [models.Index(fields=["state", "-found_at", "-id"], name="duplicate_of_state")]

    def __str__(self) -> str:
        return f"{self.first.code} – {self.second.code}"


class CustomerJoinQuerySet(models.QuerySet["CustomerJoin"]):
    """Questions asked about joins."""

    def visible_to(self, user: Reader) -> "CustomerJoinQuerySet":
        """All for company staff, who alone join files."""
        return self if reach_of(user).everything else self.none()

    def for_list(self) -> "CustomerJoinQuerySet":
        """With what a list of joins shows."""
        return self.select_related("kept", "joined", "by", "parted_by")

    def standing(self) -> "CustomerJoinQuerySet":
        """Those that were not undone."""
        return self.filter(parted_at__isnull=True)


class CustomerJoin(models.Model):
    """That one person's two files were joined: `joined` is read through `kept`. What it changed is kept, so that it can be undone.

    `fields` has each column of `kept` that was taken from `joined`, before and after; `points` the numbers and addresses of
    `joined` that `kept` had already; `moved` the ids of the rows that were moved, by relation; `consents` the ids of the events that were written for it. Parted once is parted.
    """

    kept = models.ForeignKey(Customer, models.PROTECT, related_name="joins", verbose_name=_("file that remains"))
    joined = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("file that was joined"))
    reason = models.CharField(_("reason"), max_length=500)
    fields = models.JSONField(_("values taken over"), default=dict, blank=True)
    moved = models.JSONField(_("rows moved"), default=dict, blank=True)
    points = models.JSONField(_("numbers and addresses that both had"), default=list, blank=True)
    consents = models.JSONField(_("consents taken over"), default=list, blank=True)
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("joined by"))
    at = models.DateTimeField(_("joined at"), default=timezone.now)
    parted_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("parted by")
    )
    parted_at = models.DateTimeField(_("parted at"), null=True, blank=True)
    part_reason = models.CharField(_("why they were parted"), max_length=500, blank=True)

    objects = CustomerJoinQuerySet.as_manager()

    class Meta:
        verbose_name = _("join of two files")
        verbose_name_plural = _("joined files")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("joined")), name="join_is_of_two_files"),
            models.CheckConstraint(condition=~Q(reason=""), name="join_says_why"),
            models.CheckConstraint(
                condition=Q(parted_at__isnull=True, parted_by__isnull=True, part_reason="")
                | Q(parted_at__isnull=False, parted_by__isnull=False) & ~Q(part_reason=""),
                name="join_parted_says_why",
            ),
            models.UniqueConstraint(
                fields=["joined"], condition=Q(parted_at__isnull=True), name="one_standing_join_of_a_file"
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed("join_is_fixed", ["kept", "joined", "by", "at"]),
            fixed("parting_is_fixed", ["parted_by", "parted_at"], once=pgtrigger.Q(old__parted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.joined.code} → {self.kept.code}"
