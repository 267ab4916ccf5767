"""`TermRung` and `RaisedRung`: when somebody is warned of the term of a contact, as dated data, and what was raised of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.guards import append_only
from foundation.history import keep_history

from .contact import Contact
from .dated import ValidOnQuerySet

LONGEST = 30 * 24 * 60  # minutes, and so days: what is further from its term is no rung any more


class RungMoment(models.TextChoices):
    """When a rung is reached, seen from the term. Time is that of the service."""

    SHARE_LEFT = "share_left", _("when a share of the time is left (%)")
    MINUTES_BEFORE = "minutes_before", _("minutes of service before the term")
    AT_TERM = "at_term", _("at the term")
    MINUTES_AFTER = "minutes_after", _("minutes of service after the term")
    DAYS_AFTER = "days_after", _("days of service after the term")


class RungConcerns(models.TextChoices):
    """Which contacts a rung is for."""

    ALL = "all", _("all contacts")
    REQUESTS = "requests", _("contacts without a call-back")
    CALL_BACKS = "call_backs", _("call-backs")


class Warned(models.TextChoices):
    """Whom a rung warns."""

    OWNER = "owner", _("the owner")
    TEAM = "team", _("the team")
    LEAD = "lead", _("the team leader")
    MANAGERS = "managers", _("the managers")
    NOBODY = "nobody", _("nobody")  # of what was raised: a later rung was reached at once, or there was nobody


WARNS = (Warned.OWNER, Warned.TEAM, Warned.LEAD, Warned.MANAGERS)


# The least and the most of each, in the unit of `moment`.
BETWEEN: dict[RungMoment, tuple[int, int]] = {
    RungMoment.SHARE_LEFT: (1, 99),
    RungMoment.MINUTES_BEFORE: (1, LONGEST),
    RungMoment.AT_TERM: (0, 0),
    RungMoment.MINUTES_AFTER: (1, LONGEST),
    RungMoment.DAYS_AFTER: (1, 30),
}


def _fits() -> Q:
    condition = Q()
    for moment, between in BETWEEN.items():
        condition |= Q(moment=moment.value, amount__range=between)
    return condition


@keep_history()
class TermRung(models.Model):
    """When the term of a contact comes near, or is past, somebody is warned: whom, and of which contacts."""

    Moment, Concerns, Warned = RungMoment, RungConcerns, Warned
    BETWEEN = BETWEEN

    moment = models.CharField(_("when"), max_length=14, choices=RungMoment.choices)
    amount = models.PositiveIntegerField(
        _("how many"),
        default=0,
        help_text=_("Percent, minutes of service or days of service, as “when” says; 0 at the term"),
    )
    warns = models.CharField(_("warns"), max_length=8, choices=[(each.value, each.label) for each in WARNS])
    concerns = models.CharField(
        _("of which contacts"), max_length=10, choices=RungConcerns.choices, default=RungConcerns.ALL
    )
    kinds = ArrayField(
        models.CharField(max_length=15, choices=Contact.Kind.choices),
        verbose_name=_("kinds"),
        default=list,
        blank=True,
        help_text=_("None: all"),
    )
    level = models.PositiveSmallIntegerField(
        _("level"), choices=Contact.LEVELS, null=True, blank=True, help_text=_("None: both")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("rung of alert")
        verbose_name_plural = _("rungs of alert")
        ordering = ["pk"]
        constraints = [
            one_of("warns", WARNS, name="term_rung_warns_somebody"),
            one_of("concerns", RungConcerns, name="term_rung_concerns_is_known"),
            # No other moment than these, either.
            models.CheckConstraint(condition=_fits(), name="term_rung_amount_fits_its_moment"),
            models.CheckConstraint(
                condition=Q(kinds__contained_by=Contact.Kind.values), name="term_rung_kinds_are_known"
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__in=[1, 2]), name="term_rung_level_is_one_or_two"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="term_rung_ends_after_it_begins",
            ),
            # An agreed hour has no length of which a share could be left.
            models.CheckConstraint(
                condition=~Q(moment="share_left", concerns="call_backs"), name="term_rung_of_call_backs_is_no_share"
            ),
        ]

    def __str__(self) -> str:
        return self.shown_moment

    @property
    def shown_moment(self) -> str:
        """When it is reached, in words: “60 minutes of service before the term”."""
        if self.moment == RungMoment.SHARE_LEFT:
            return gettext("with %(n)d %% of the time left") % {"n": self.amount}
        if self.moment == RungMoment.AT_TERM:
            return gettext("at the term")
        if self.moment == RungMoment.DAYS_AFTER:
            words = ngettext(
                "%(n)d day of service after the term", "%(n)d days of service after the term", self.amount
            )
        elif self.moment == RungMoment.MINUTES_AFTER:
            words = ngettext(
                "%(n)d minute of service after the term", "%(n)d minutes of service after the term", self.amount
            )
        else:
            words = ngettext(
                "%(n)d minute of service before the term", "%(n)d minutes of service before the term", self.amount
            )
        return words % {"n": self.amount}


class RaisedRung(models.Model):
    """That a rung of a contact's term was reached, when, and whom it warned. Once for a contact, a term and a rung.

    `due_at` is the term as it was: a term that moves is another, and its rungs are reached again. `warned` says whom it
    reached, who may stand in for whom the rung names; nobody, where a later rung for the same people was reached with it.
    """

    Warned = Warned

    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="raised_rungs", verbose_name=_("contact"), db_index=False
    )
    rung = models.ForeignKey(TermRung, models.PROTECT, related_name="raised", verbose_name=_("rung of alert"))
    due_at = models.DateTimeField(_("term"))
    warned = models.CharField(_("warned"), max_length=8, choices=Warned.choices)
    raised_at = models.DateTimeField(_("raised at"))

    class Meta:
        verbose_name = _("rung that was reached")
        verbose_name_plural = _("rungs that were reached")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            # Also what the round asks of each contact, and the list of its rows.
            models.UniqueConstraint(fields=["contact", "rung", "due_at"], name="a_rung_is_raised_once_for_a_term"),
            one_of("warned", Warned, name="raised_rung_warned_is_known"),
        ]
        indexes = [
            # What a round raised: asked before its mail leaves.
            models.Index(fields=["raised_at"], name="raised_rung_of_round"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.contact}: {self.rung}"
