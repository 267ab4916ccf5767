"""`ArbitratorAppeal`: an appeal to the Arbitro Assicurativo (AAS) after a complaint, up to what became of the decision."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import fixed, never_deleted
from foundation.models import Versioned
from foundation.requests import Reader

from .complaint import Complaint


class AppealKind(models.TextChoices):
    """What an appeal is about, which decides its cap."""

    DEATH_ONLY = "death_only", _("life, death only")
    LIFE = "life", _("other life")
    NON_LIFE = "non_life", _("non-life")
    INJURED = "injured", _("injured party with direct action")


class AppealState(models.TextChoices):
    """How far an appeal has come."""

    RECEIVED = "received", _("notified")
    INCOMPLETE = "incomplete", _("to be completed by the applicant")
    PREPARING = "preparing", _("counter-arguments to be sent")
    WAITING = "waiting", _("waiting for the decision")
    DECIDED = "decided", _("decided")
    CANCELLED = "cancelled", _("entered by mistake")


class Decision(models.TextChoices):
    """How an appeal ended."""

    OPEN = "", _("not decided yet")
    UPHELD = "upheld", _("upheld")
    IN_PART = "in_part", _("upheld in part")
    REJECTED = "rejected", _("rejected")
    INADMISSIBLE = "inadmissible", _("inadmissible")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SETTLED = "settled", _("settled")


class Compliance(models.TextChoices):
    """What we did about a decision that asks something of us."""

    OPEN = "", _("not entered yet")
    FULL = "full", _("complied with")
    IN_PART = "in_part", _("complied with in part")
    NONE = "none", _("not complied with")


State = AppealState
OPEN_APPEALS = (State.RECEIVED, State.INCOMPLETE, State.PREPARING, State.WAITING)
TO_COMPLY = (Decision.UPHELD, Decision.IN_PART)
NEXT_OF_APPEAL: dict[str, frozenset[str]] = {
    State.RECEIVED: frozenset({State.INCOMPLETE, State.PREPARING, State.DECIDED, State.CANCELLED}),
    State.INCOMPLETE: frozenset({State.PREPARING, State.DECIDED, State.CANCELLED}),
    State.PREPARING: frozenset({State.WAITING, State.DECIDED, State.CANCELLED}),
    State.WAITING: frozenset({State.DECIDED}),
    State.DECIDED: frozenset(),
    State.CANCELLED: frozenset(),
}


class ArbitratorAppealQuerySet(models.QuerySet["ArbitratorAppeal"]):
    """Questions asked about appeals."""

    def visible_to(self, user: Reader) -> "ArbitratorAppealQuerySet":
        """Appeals after the complaints that the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(complaint__in=Complaint.objects.visible_to(user))

    def open(self) -> "ArbitratorAppealQuerySet":
        """Not decided yet, or decided with something that we still have to do."""
        return self.filter(is_among("state", OPEN_APPEALS) | Q(due_on__isnull=False))

    def due_by(self, day: date) -> "ArbitratorAppealQuerySet":
        """Those whose next step is ours, by the day or before."""
        return self.filter(due_on__lte=day)

    def counted(self) -> "ArbitratorAppealQuerySet":
        """All but those that were entered by mistake."""
        return self.exclude(state=State.CANCELLED)

    def published_on(self, day: date) -> "ArbitratorAppealQuerySet":
        """Decisions that stand on our site on the day, the latest first; complying later does not end it."""
        standing = self.filter(published_on__lte=day, published_by_us_until__gte=day)
        return standing.order_by("-decided_on", "-pk")


class ArbitratorAppeal(Versioned):
    """An appeal to the Arbiter. Both days from which terms may count are kept: the filing, and the complete file.

    `due_on` is the day of our own next step (counter-arguments, compliance), empty while the next step is another's. The days are
    worked out by the commands with the numbers of the law in force then, and remain when the law changes.
    """

    State, Kind, Decision, Compliance = AppealState, AppealKind, Decision, Compliance
    NEXT = NEXT_OF_APPEAL

    number = models.CharField(_("number of the appeal"), max_length=60)
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="appeals", verbose_name=_("complaint it follows")
    )
    handler = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handler")
    )
    kind = models.CharField(_("kind of dispute"), max_length=10, choices=AppealKind.choices)
    asked = models.TextField(_("what is asked"))
    value = models.DecimalField(_("value of what is asked"), max_digits=12, decimal_places=2, null=True, blank=True)
    facts_on = models.DateField(_("day of the facts"), null=True, blank=True)
    filed_on = models.DateField(_("filed on"))
    notified_on = models.DateField(_("notified to us on"))
    completion_asked_on = models.DateField(_("completion asked on"), null=True, blank=True)
    completion_due_on = models.DateField(_("completion due on"), null=True, blank=True)
    complete_on = models.DateField(_("file complete on"), null=True, blank=True)
    counter_due_on = models.DateField(_("counter-arguments due on"), null=True, blank=True)
    decision_due_on = models.DateField(_("decision due on"), null=True, blank=True)
    extended_on = models.DateField(_("term of the decision extended on"), null=True, blank=True)
    due_on = models.DateField(_("our next term"), null=True, blank=True)
    draft = models.TextField(_("draft of the counter-arguments"), blank=True)
    counter_arguments = models.TextField(_("counter-arguments"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=AppealState.choices, default=State.RECEIVED)
    sent_on = models.DateField(_("counter-arguments sent on"), null=True, blank=True)
    decision = models.CharField(
        _("decision"), max_length=12, choices=Decision.choices, default=Decision.OPEN, blank=True
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    amount = models.DecimalField(_("sum awarded"), max_digits=12, decimal_places=2, null=True, blank=True)
    comply_by = models.DateField(_("to be complied with by"), null=True, blank=True)
    compliance = models.CharField(
        _("compliance"), max_length=7, choices=Compliance.choices, default=Compliance.OPEN, blank=True
    )
    complied_on = models.DateField(_("complied with on"), null=True, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    published_by_arbiter_until = models.DateField(_("published by the Arbiter until"), null=True, blank=True)
    published_by_us_until = models.DateField(_("on our site until"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now, editable=False)

    objects = ArbitratorAppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal to the Arbiter")
        verbose_name_plural = _("appeals to the Arbiter")
        ordering = ["-filed_on", "-pk"]
        constraints = [
            # One entered by mistake does not block its number.
            models.UniqueConstraint(fields=["number"], condition=~Q(state="cancelled"), name="one_appeal_per_number"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(asked=""), name="appeal_has_number_and_question"),
            one_of("kind", AppealKind, name="appeal_kind_is_known"),
            one_of("state", AppealState, name="appeal_state_is_known"),
            one_of("decision", Decision, name="appeal_decision_is_known"),
            one_of("compliance", Compliance, name="appeal_compliance_is_known"),
            models.CheckConstraint(condition=Q(notified_on__gte=F("filed_on")), name="appeal_notified_after_filing"),
            models.CheckConstraint(
                condition=Q(complete_on__isnull=True) | Q(complete_on__gte=F("filed_on")),
                name="appeal_complete_after_filing",
            ),
            models.CheckConstraint(
                condition=Q(completion_asked_on__isnull=True, completion_due_on__isnull=True)
                | Q(
                    completion_asked_on__isnull=False,
                    completion_due_on__isnull=False,
                    completion_due_on__gt=F("completion_asked_on"),
                ),
                name="appeal_completion_has_its_term",
            ),
            models.CheckConstraint(
                condition=~is_among("state", (AppealState.PREPARING, AppealState.WAITING))
                | Q(complete_on__isnull=False, counter_due_on__isnull=False, counter_due_on__gt=F("complete_on")),
                name="appeal_counter_arguments_have_a_term",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | ~Q(counter_arguments=""), name="appeal_waiting_has_counter_arguments"
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decided_on__isnull=False) & ~Q(decision="")
                | ~Q(state="decided") & Q(decided_on__isnull=True, decision=""),
                name="appeal_decided_has_day_and_decision",
            ),
            models.CheckConstraint(
                condition=Q(comply_by__isnull=True, compliance="") | is_among("decision", TO_COMPLY),
                name="appeal_compliance_only_when_upheld",
            ),
            models.CheckConstraint(
                condition=Q(
                    published_on__isnull=True,
                    published_by_arbiter_until__isnull=True,
                    published_by_us_until__isnull=True,
                )
                | Q(
                    published_on__isnull=False,
                    published_by_arbiter_until__isnull=False,
                    published_by_us_until__isnull=False,
                    published_by_arbiter_until__gte=F("published_on"),
                    published_by_us_until__gte=F("published_on"),
                )
                & ~Q(compliance=""),
                name="appeal_published_has_its_periods",
            ),
            models.CheckConstraint(
                condition=~Q(compliance="full") | Q(complied_on__isnull=False), name="appeal_complied_with_on_a_day"
            ),
            models.CheckConstraint(
                condition=(Q(value__isnull=True) | Q(value__gte=0)) & (Q(amount__isnull=True) | Q(amount__gte=0)),
                name="appeal_sums_are_not_negative",
            ),
        ]
        indexes = [
            # The officers' list, the tile, and the rungs of alerts.
            models.Index(fields=["due_on", "id"], name="appeal_due", condition=Q(due_on__isnull=False)),
            # The page of our site.
            models.Index(
                fields=["published_by_us_until"], name="appeal_published", condition=Q(published_on__isnull=False)
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed("appeal_is_kept", ["number", "complaint", "asked", "registered_at"]),
            fixed("arguments_are_kept", ["counter_arguments"], once=pgtrigger.Q(old__state="waiting")),
            fixed(
                "decision_is_kept",
                ["state", "decision", "decided_on", "amount", "counter_arguments"],
                once=pgtrigger.Q(old__state="decided"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names by which a text may call the complainant."""
        return self.complaint.every_name

    @property
    def is_open(self) -> bool:
        """Not decided, and not entered by mistake."""
        return self.state in OPEN_APPEALS

    def can_become(self, state: str) -> bool:
        """Whether the table of states allows it now."""
        return state in self.NEXT[self.state]
