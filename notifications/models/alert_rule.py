"""`AlertRule`: when an event is announced, about which policies or claims, and by which way. `AlertSimulation`: whom it would have informed."""

from datetime import date
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from customers.models import User
from customers.models.claim import ClaimKind
from customers.policy_terms import EXPIRY_NOTICE_DAYS
from customers.rami import CHOICES as LINES
from customers.rami import MOTOR_LIABILITY
from foundation.constraints import is_among, one_of
from foundation.guards import append_only, fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.naming import NamedInTwoLanguages
from notifications.channels import Channel
from notifications.kinds import LONGEST_CODE, name_of

MOST_DAYS = 365
LADDER = (Channel.EMAIL, Channel.INBOX, Channel.SMS, Channel.PEC, Channel.POST)


class AlertEvent(models.TextChoices):
    """What happens to a policy, a premium, a document or a claim, of which people may be informed."""

    POLICY_EXPIRING = "policy_expiring", _("a policy expires")
    GRACE_ENDING = "grace_ending", _("the days of grace end")
    RENEWAL_OFFERED = "renewal_offered", _("a renewal is offered")
    INSTALMENT_DUE = "instalment_due", _("an instalment falls due")
    INSTALMENT_OVERDUE = "instalment_overdue", _("an instalment was not paid")
    PAYMENT_FAILED = "payment_failed", _("a payment failed")
    CERTIFICATE_AVAILABLE = "certificate_available", _("a risk certificate is available")
    LIFE_MATURITY = "life_maturity", _("a life policy matures")
    CLAIM_TAKEN = "claim_taken", _("a claim is taken in charge")
    CLAIM_PEOPLE = "claim_people", _("somebody else follows a claim")
    CLAIM_VISIT = "claim_visit", _("the assessor visits")
    CLAIM_DOCUMENT = "claim_document", _("a document of a claim is missing")
    CLAIM_OFFERED = "claim_offered", _("an offer is made for a claim")
    CLAIM_PAID = "claim_paid", _("a claim is paid")
    CLAIM_REFUSED = "claim_refused", _("a claim is refused")


class AlertRuleState(models.TextChoices):
    """How far a rule has come."""

    DRAFT = "draft", pgettext_lazy("alert rule", "draft")
    SUBMITTED = "submitted", pgettext_lazy("alert rule", "waits for a second person")
    ON = "on", pgettext_lazy("alert rule", "on")
    OFF = "off", pgettext_lazy("alert rule", "off")


State = AlertRuleState
NEXT: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.DRAFT, State.ON}),
    State.ON: frozenset({State.OFF}),
    State.OFF: frozenset({State.DRAFT, State.SUBMITTED}),
}
# What was simulated and read by the second person: it remains so while the rule waits or is on.
WHAT_IT_SAYS = (
    *("event", "kind", "number", "lines", "claim_kinds", "from_days", "until_days", "waits_days", "ladder"),
    *("patience_days", "valid_from", "valid_until", "is_legal", "revision"),
)
CLAIM_EVENTS = tuple(each for each in AlertEvent if each.value.startswith("claim_"))
# An announcement of expiry that the law owes is the first of its policy, and of motor liability.
_FIRST_OF_MOTOR = Q(event=AlertEvent.POLICY_EXPIRING.value, number=1) & (
    Q(lines=[]) | Q(lines__contains=[MOTOR_LIABILITY])
)


class AlertRuleQuerySet(models.QuerySet["AlertRule"]):
    """Questions asked about rules."""

    def on(self, day: date) -> "AlertRuleQuerySet":
        """Switched on, and valid on the day; those that come first are planned first."""
        valid = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        valid &= Q(valid_until__isnull=True) | Q(valid_until__gte=day)
        return self.filter(valid, state=State.ON).order_by("pk")

    def in_use(self) -> "AlertRuleQuerySet":
        """Not switched off."""
        return self.exclude(state=State.OFF)


@keep_history()
class AlertRule(NamedInTwoLanguages, Versioned):
    """When an event is announced, about which policies or claims, with which text and by which ways.

    The days count from the day of the event, and are negative before it: from -40 to 0 is from forty days before to the
    day itself. `number` is 1 for the announcement and more for reminders: rules of the same event and number share the
    key, so that a person is informed once by all of them. `revision` counts what was written; a simulation is of one
    revision. A rule without a writer came with the program.
    """

    State = AlertRuleState
    Event = AlertEvent
    NEXT = NEXT

    name = models.CharField(_("name"), max_length=120, help_text=_("For the people who work on it"))
    name_en = models.CharField(_("name, in English"), max_length=120, blank=True)
    event = models.CharField(_("event"), max_length=24, choices=Event.choices)
    kind = models.CharField(_("text"), max_length=LONGEST_CODE, help_text=_("The kind of notice that is written"))
    number = models.PositiveSmallIntegerField(
        _("which announcement"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=_("1 is the announcement, 2 and more are reminders"),
    )
    lines = ArrayField(
        models.CharField(max_length=4, choices=LINES),
        default=list,
        blank=True,
        verbose_name=_("lines of business"),
        help_text=_("None chosen: all that the event is about"),
    )
    claim_kinds = ArrayField(
        models.CharField(max_length=10, choices=ClaimKind.choices),
        default=list,
        blank=True,
        verbose_name=_("kinds of claim"),
        help_text=_("None chosen: all"),
    )
    from_days = models.SmallIntegerField(
        _("from"), help_text=_("Days from the day of the event; before it with a minus: -30 is thirty days before")
    )
    until_days = models.SmallIntegerField(_("until"), help_text=_("The last day, counted alike; 0 is the day itself"))
    waits_days = models.PositiveSmallIntegerField(
        _("waits for facts, in days"),
        default=0,
        help_text=_("Days in which a fact that is not known yet is waited for; then it is said to be unknown"),
    )
    ladder = ArrayField(
        models.CharField(max_length=6, choices=[(each.value, each.label) for each in LADDER]),
        default=list,
        blank=True,
        verbose_name=_("ways"),
        help_text=_("In this order; none chosen: those of the kind of notice"),
    )
    patience_days = models.PositiveSmallIntegerField(
        _("patience"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("Days for which the reserved area may stay unopened before the next way, where proof is owed"),
    )
    valid_from = models.DateField(pgettext_lazy("rule", "valid from"), null=True, blank=True)
    valid_until = models.DateField(pgettext_lazy("rule", "valid until"), null=True, blank=True)
    is_legal = models.BooleanField(
        _("owed by law"),
        default=False,
        help_text=_("It cannot be switched off, only replaced by another that is owed by law"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    remark = models.CharField(_("what has to change"), max_length=500, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    created_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("rule", "created by"),
        db_index=False,
    )
    written_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last written by"),
        db_index=False,
    )
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("submitted by"), db_index=False
    )
    switched_on_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("switched on by"), db_index=False
    )
    switched_on_at = models.DateTimeField(_("switched on at"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name=_("replaced by")
    )
    created_at = models.DateTimeField(pgettext_lazy("rule", "created at"), default=timezone.now, editable=False)

    objects = AlertRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        ordering = ["event", "number", "pk"]
        permissions = [("switch_alertrule", "Can switch an alert rule on and off that somebody else wrote")]
        constraints = [
            one_of("event", AlertEvent, name="alert_rule_event_is_known"),
            one_of("state", AlertRuleState, name="alert_rule_state_is_known"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(kind=""), name="alert_rule_has_name_and_text"),
            models.CheckConstraint(
                condition=Q(from_days__lte=F("until_days"), from_days__gte=-MOST_DAYS, until_days__lte=MOST_DAYS),
                name="alert_rule_days_are_in_order",
            ),
            models.CheckConstraint(condition=Q(number__range=(1, 9)), name="alert_rule_number_is_one_to_nine"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="alert_rule_valid_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ladder__contained_by=[each.value for each in LADDER]), name="alert_rule_ways_are_known"
            ),
            models.CheckConstraint(
                condition=Q(claim_kinds=[]) | is_among("event", CLAIM_EVENTS), name="alert_rule_claim_kinds_of_claims"
            ),
            # Art. 170-bis CAP: the first announcement of a motor policy's expiry, thirty days before at the latest.
            models.CheckConstraint(
                condition=~_FIRST_OF_MOTOR | Q(from_days__lte=-EXPIRY_NOTICE_DAYS),
                name="alert_rule_not_below_the_law",
            ),
            # What the law owes reaches everybody: all lines or motor liability, always, by the whole ladder, to the last day.
            models.CheckConstraint(
                condition=Q(is_legal=False)
                | _FIRST_OF_MOTOR
                & Q(
                    until_days__gte=0,
                    valid_from__isnull=True,
                    valid_until__isnull=True,
                    ladder=[],
                    kind="policy-expiring",
                ),
                name="alert_rule_of_law_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(is_legal=False) | ~Q(state="off") | Q(replaced_by__isnull=False),
                name="alert_rule_of_law_stays_on",
            ),
            # What came with the program was on from the start; all else is switched on by somebody who did not write it.
            models.CheckConstraint(
                condition=~Q(state="on")
                | Q(written_by__isnull=True, submitted_by__isnull=True, switched_on_by__isnull=True)
                | Q(switched_on_at__isnull=False)
                & ~Q(switched_on_by=F("submitted_by"))
                & (Q(written_by__isnull=True) | ~Q(switched_on_by=F("written_by")))
                & Q(submitted_by__isnull=False, switched_on_by__isnull=False),
                name="alert_rule_on_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["event"], condition=Q(is_legal=True, state="on"), name="one_alert_rule_of_law_is_on"
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed("what_is_on_is_fixed", WHAT_IT_SAYS, once=pgtrigger.Q(old__state__in=["submitted", "on"])),
        ]

    def __str__(self) -> str:
        return self.shown_name

    def can_become(self, state: str) -> bool:
        """Whether the rule may be moved there from where it is."""
        return state in self.NEXT[self.state]

    @property
    def kind_name(self) -> str:
        """What people call its text."""
        return name_of(self.kind)

    @property
    def days_in_words(self) -> str:
        """From when until when, such as: from 40 days before to the day itself."""
        words = {"first": _day_in_words(self.from_days), "last": _day_in_words(self.until_days)}
        return str(_("from: %(first)s; until: %(last)s") % words)

    @property
    def suffix(self) -> str:
        """What a reminder's key has behind that of the announcement."""
        return f"~{self.number}" if self.number > 1 else ""


def _day_in_words(days: int) -> str:
    if days == 0:
        return str(_("the day itself"))
    if days < 0:
        return ngettext("%(days)d day before", "%(days)d days before", -days) % {"days": -days}
    return ngettext("%(days)d day after", "%(days)d days after", days) % {"days": days}


class AlertSimulation(models.Model):
    """What a revision of a rule would have informed over some days, counted once. It names nobody."""

    rule = models.ForeignKey(AlertRule, models.PROTECT, related_name="simulations", verbose_name=_("rule"))
    revision = models.PositiveIntegerField(_("revision"))
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    people = models.PositiveIntegerField(_("people"))
    matters = models.PositiveIntegerField(_("policies or claims"))
    reached_anyway = models.PositiveIntegerField(_("told anyway"))
    at_once = models.PositiveIntegerField(_("in the first night"))
    by_channel: Any = models.JSONField(_("by channel"), default=dict)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"), db_index=False)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("simulation of an alert rule")
        verbose_name_plural = _("simulations of an alert rule")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="alert_simulation_days_in_order"),
            models.CheckConstraint(
                condition=Q(reached_anyway__lte=F("matters"), at_once__lte=F("matters")),
                name="alert_simulation_counts_are_parts",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.rule}: {self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"
