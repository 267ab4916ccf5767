"""How a person wants to be written to (`NoticePreference`), who changed it and why, and what waited for the end of quiet hours."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import append_only
from foundation.requests import Reader
from notifications.preferences.groups import KEYS

from .notice import Notice


class NoticePreference(models.Model):
    """What a customer chose otherwise than everybody has it. Whoever has no row gets everything, in the company's hours.

    `off` has a word for each group and channel that is switched off, such as `deadlines:sms`. `quiet_from` and
    `quiet_until` are hours of Rome; the company's own quiet hours hold beside them.
    """

    customer = models.OneToOneField(
        Customer, models.PROTECT, related_name="notice_preference", verbose_name=_("customer")
    )
    off = ArrayField(models.CharField(max_length=20), verbose_name=_("switched off"), default=list, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    quiet_email = models.BooleanField(_("e-mails too wait in quiet hours"), default=False)
    digest = models.BooleanField(_("several deadlines in one message"), default=True)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    class Meta:
        verbose_name = _("preference about notices")
        verbose_name_plural = _("preferences about notices")
        constraints = [
            models.CheckConstraint(condition=Q(off__contained_by=list(KEYS)), name="preference_off_is_known"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
                name="preference_quiet_hours_are_a_span",
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer)


class PreferenceSource(models.TextChoices):
    """Where a preference was changed."""

    PORTAL = "portal", _("reserved area")
    APP = "app", _("app")
    DESK = "desk", _("customer service")


class PreferenceChangeQuerySet(models.QuerySet):
    """Questions asked about changes of preferences."""

    def visible_to(self, user: Reader) -> "PreferenceChangeQuerySet":
        """Changes by the customers whose files the user may see."""
        reach = reach_of(user)
        return self if reach.everything else self.filter(reach.over(customer="customer", agency="customer__agency"))


class PreferenceChange(models.Model):
    """One change: who made it, where, why, and all that held before and after. Rows are added, never changed."""

    Source = PreferenceSource

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="preference_changes", verbose_name=_("customer"), db_index=False
    )
    source = models.CharField(_("where"), max_length=6, choices=PreferenceSource.choices)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"), db_index=False)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = PreferenceChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of preferences")
        verbose_name_plural = _("changes of preferences")
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("source", PreferenceSource, name="preference_source_is_known"),
            models.CheckConstraint(
                condition=~Q(source="desk") | ~Q(reason=""), name="preference_of_the_desk_has_its_reason"
            ),
        ]
        # A customer's own, newest first: in the file, on the page, and for the day of "switched off on".
        indexes = [models.Index(fields=["customer", "-at"], name="preference_change_of")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {timezone.localtime(self.at):%d/%m/%Y}"


class NoticeHold(models.Model):
    """A notice that waited for the end of quiet hours: until when, and whose hours they were. Never changed."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="holds", verbose_name=_("notice"), db_index=False)
    until = models.DateTimeField(_("until"))
    is_own = models.BooleanField(_("by the person's own hours"), default=False)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("wait for the end of quiet hours")
        verbose_name_plural = _("waits for the end of quiet hours")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "until"], name="notice_is_held_once_until"),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="notice_is_held_for_a_while"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{timezone.localtime(self.until):%d/%m/%Y %H:%M}"
