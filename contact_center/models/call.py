"""`Call`: the telephone's own facts. An answered call has a contact; an abandoned one has nobody to have it with."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.history import keep_history
from foundation.requests import Reader

from .computed import RomeDate
from .contact import Contact
from .marks import CALL_MARKS, LEG_MARKS
from .organisation import Agent, TollFreeLine


class CallQuerySet(models.QuerySet["Call"]):
    """Questions asked about calls."""

    def visible_to(self, user: Reader) -> "CallQuerySet":
        """Calls of customers whose files the user may see; unanswered calls are the company staff's alone."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="contact__customer", agency="contact__customer__agency"))

    def for_list(self) -> "CallQuerySet":
        """With what a list of calls shows."""
        return self.select_related("line", "agent", "contact__customer", "contact__topic")


class Disposition(models.TextChoices):
    """How a leg in a queue ended, or that it has not."""

    OPEN = "open", _("in progress")
    ANSWERED = "answered", _("answered")
    ABANDONED = "abandoned", _("abandoned")
    TIMED_OUT = "timed_out", _("waited too long")
    KEY_EXIT = "key_exit", _("left by pressing a key")
    NO_AGENTS = "no_agents", _("no agent on duty")
    TURNED_AWAY = "turned_away", _("turned away: line full or closed")


class RecordedBy(models.TextChoices):
    """What a call is known from."""

    RECORD = "record", _("a complete record, or a file")
    EVENTS = "events", _("the telephone platform's events")
    SWEEP = "sweep", _("events without an end: closed by the sweeper")


EMPTIED_CALL = Q(caller="", caller_stated="")  # calls that say nothing about anybody any more


@keep_history(exclude=["day"])
class Call(models.Model):
    """A call to a toll-free line, known by the key its source gave it. Durations are whole seconds."""

    Disposition = Disposition

    RecordedBy = RecordedBy

    source = models.CharField(_("source"), max_length=40, help_text=_("The telephone platform or file it came from"))
    external_id = models.CharField(_("key at the source"), max_length=120)
    line = models.ForeignKey(
        TollFreeLine, models.PROTECT, related_name="calls", verbose_name=_("line"), db_index=False
    )
    caller = models.CharField(
        _("caller"), max_length=16, blank=True, help_text=_("E.164; empty if withheld or not a number")
    )
    caller_stated = models.CharField(_("caller as given"), max_length=60, blank=True)
    agent = models.ForeignKey(
        Agent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="calls",
        verbose_name=_("answered by"),
        db_index=False,
    )
    contact = models.OneToOneField(
        Contact, models.PROTECT, null=True, blank=True, related_name="call", verbose_name=_("contact")
    )
    queued_at = models.DateTimeField(_("entered the queue"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    wait_seconds = models.PositiveIntegerField(
        _("wait (s)"), null=True, blank=True, help_text=_("Empty where the source does not report how long it was")
    )
    talk_seconds = models.PositiveIntegerField(
        _("talk (s)"),
        default=0,
        null=True,
        blank=True,
        help_text=_("Empty where the source does not say how long it was"),
    )
    hold_seconds = models.PositiveIntegerField(_("hold (s)"), default=0)
    wrap_seconds = models.PositiveIntegerField(_("after-call work (s)"), default=0)
    disposition = models.CharField(_("how it ended"), max_length=11, choices=Disposition.choices)
    transferred = models.BooleanField(_("transferred"), default=False)
    ring_no_answer = models.PositiveSmallIntegerField(_("times it rang in vain"), default=0)
    recorded_by = models.CharField(
        _("reported by"),
        max_length=6,
        choices=RecordedBy.choices,
        db_default=RecordedBy.RECORD,
        default=RecordedBy.RECORD,
    )

    day = models.GeneratedField(expression=RomeDate(F("queued_at")), output_field=models.DateField(), db_persist=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="call_once_per_source"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(external_id=""), name="call_has_its_key"),
            models.CheckConstraint(
                condition=Q(caller="") | Q(caller__regex=r"^\+[1-9][0-9]{4,14}$"), name="call_caller_is_e164"
            ),
            one_of("disposition", Disposition, name="call_disposition_is_known"),
            models.CheckConstraint(
                condition=~Q(disposition="answered") | Q(answered_at__isnull=False),
                name="call_answered_has_its_moment",
            ),
            models.CheckConstraint(
                condition=is_among("disposition", (Disposition.OPEN, Disposition.ANSWERED))
                | Q(answered_at__isnull=True) & (Q(talk_seconds__isnull=True) | Q(talk_seconds=0)),
                name="call_not_answered_has_no_talk",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=False) | Q(contact__isnull=True),
                name="call_has_a_contact_only_if_answered",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("queued_at")),
                name="call_answered_after_queued",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("queued_at")), name="call_ended_after_queued"
            ),
            models.CheckConstraint(
                condition=Q(disposition="open", ended_at__isnull=True)
                | (~Q(disposition="open") & Q(ended_at__isnull=False)),
                name="call_ended_unless_open",
            ),
            one_of("recorded_by", RecordedBy, name="call_recorded_by_is_known"),
        ]
        indexes = [
            # The lists behind the figures, newest first.
            models.Index(fields=["-queued_at", "-id"], name="call_newest"),
            models.Index(fields=["line", "-queued_at", "-id"], name="call_of_line"),
            models.Index(
                fields=["agent", "-queued_at", "-id"], name="call_of_agent", condition=Q(agent__isnull=False)
            ),
            models.Index(
                fields=["-queued_at", "-id"],
                name="call_not_answered",
                condition=~is_among("disposition", (Disposition.ANSWERED, Disposition.OPEN)),
            ),
            # The daily counts of one day.
            models.Index(fields=["day"], name="call_day"),
            # Those that nobody answered whose caller is forgotten each night: a day of it, among years of calls.
            models.Index(
                fields=["queued_at"],
                name="call_to_forget",
                condition=Q(contact__isnull=True) & ~EMPTIED_CALL,
            ),
            # The caller's earlier calls, and the abandoned ones to call back.
            models.Index(fields=["caller", "-queued_at"], name="call_of_caller", condition=~Q(caller="")),
            # Calls left open by a lost end, for the sweeper.
            models.Index(fields=["queued_at"], name="call_open", condition=Q(disposition="open")),
        ]
        triggers = CALL_MARKS

    def __str__(self) -> str:
        return f"{self.source}/{self.external_id}"


class CallLeg(models.Model):
    """One leg of a call: its time in one queue, for calls that passed through several. The call has the whole."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="legs", verbose_name=_("call"), db_index=False)
    position = models.PositiveSmallIntegerField(_("position"))
    line = models.ForeignKey(TollFreeLine, models.PROTECT, related_name="+", verbose_name=_("line"))
    queue = models.CharField(_("queue at the source"), max_length=80, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agent"))
    entered_at = models.DateTimeField(_("entered the queue"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    wait_seconds = models.PositiveIntegerField(_("wait (s)"), default=0)
    talk_seconds = models.PositiveIntegerField(_("talk (s)"), default=0)
    disposition = models.CharField(_("how it ended"), max_length=11, choices=Disposition.choices)

    class Meta:
        verbose_name = _("leg of a call")
        verbose_name_plural = _("legs of a call")
        ordering = ["call", "position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="one_leg_per_position"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("entered_at")),
                name="leg_answered_after_entered",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("entered_at")), name="leg_ended_after_entered"
            ),
        ]
        triggers = LEG_MARKS

    def __str__(self) -> str:
        return f"{self.call} #{self.position}"
