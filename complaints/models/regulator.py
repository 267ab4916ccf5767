"""`RegulatorRequest`: what IVASS asks about a complaint, by when it is answered, and what was answered."""

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


class RequestChannel(models.TextChoices):
    """How a request came."""

    PEC = "pec", _("PEC")
    EMAIL = "email", _("e-mail")
    POST = "post", _("post")
    PORTAL = "portal", _("IVASS portal")


class RequestState(models.TextChoices):
    """How far a request has come."""

    RECEIVED = "received", _("received")
    IN_PROGRESS = "in_progress", _("in progress")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed by IVASS")
    CANCELLED = "cancelled", _("entered by mistake")


class RequestOutcome(models.TextChoices):
    """What IVASS made of our answer. The set is ours: no list of the supervisor was found."""

    OPEN = "", _("not known yet")
    NO_REMARKS = "no_remarks", _("closed without remarks")
    REMARKS = "remarks", _("closed with remarks to the company")
    PROCEEDING = "proceeding", _("a proceeding was opened")
    OTHER = "other", _("other")


State = RequestState
OPEN_REQUESTS = (State.RECEIVED, State.IN_PROGRESS)
NEXT_OF_REQUEST: dict[str, frozenset[str]] = {
    State.RECEIVED: frozenset({State.IN_PROGRESS, State.CLOSED, State.CANCELLED}),
    State.IN_PROGRESS: frozenset({State.ANSWERED, State.CLOSED, State.CANCELLED}),
    State.ANSWERED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
    State.CANCELLED: frozenset(),
}
# An answer is owed until it has gone: one that is written and did not arrive is none.
_OWED = is_among("state", OPEN_REQUESTS) | Q(state="answered", sent_on__isnull=True)


class RegulatorRequestQuerySet(models.QuerySet["RegulatorRequest"]):
    """Questions asked about requests of IVASS."""

    def visible_to(self, user: Reader) -> "RegulatorRequestQuerySet":
        """Requests about the complaints that the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(complaint__in=Complaint.objects.visible_to(user))

    def owed(self) -> "RegulatorRequestQuerySet":
        """Not answered yet, or answered by a letter that has not gone."""
        return self.filter(_OWED)

    def due_by(self, day: date) -> "RegulatorRequestQuerySet":
        """Owed on the day or before."""
        return self.owed().filter(due_on__lte=day)

    def not_out(self) -> "RegulatorRequestQuerySet":
        """Answered by a letter that has not gone."""
        return self.filter(state=State.ANSWERED, sent_on__isnull=True)

    def counted(self) -> "RegulatorRequestQuerySet":
        """All but those that were entered by mistake."""
        return self.exclude(state=State.CANCELLED)


class RegulatorRequest(Versioned):
    """A request of IVASS about a complaint: the day it came, the day the answer is due, the answer, and its outcome.

    `due_on` is worked out when the request is entered or its day corrected (30 days from receipt, 15 where halved), and remains when
    the law changes. The answer's letter is a `ProcedureLetter`; `sent_on` is the day on which it went.
    """

    State, Channel, Outcome = RequestState, RequestChannel, RequestOutcome
    NEXT = NEXT_OF_REQUEST

    protocol = models.CharField(_("number given by IVASS"), max_length=60)
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="regulator_requests", verbose_name=_("complaint")
    )
    handler = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handler")
    )
    channel = models.CharField(_("channel of receipt"), max_length=6, choices=RequestChannel.choices)
    received_on = models.DateField(_("received on"))
    is_halved = models.BooleanField(
        _("term halved"), default=False, help_text=_("For a breach of the duty to contract (art. 132 CAP)")
    )
    asked = models.TextField(_("what is asked"))
    due_on = models.DateField(_("answer due on"))
    draft = models.TextField(_("draft of the answer"), blank=True)
    answer = models.TextField(_("answer"), blank=True)
    state = models.CharField(_("state"), max_length=11, choices=RequestState.choices, default=State.RECEIVED)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    sent_on = models.DateField(_("answer gone on"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome at IVASS"), max_length=10, choices=RequestOutcome.choices, default=RequestOutcome.OPEN, blank=True
    )
    outcome_text = models.TextField(_("what IVASS wrote"), blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now, editable=False)

    objects = RegulatorRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request of IVASS")
        verbose_name_plural = _("requests of IVASS")
        ordering = ["-received_on", "-pk"]
        constraints = [
            # One entered by mistake does not block its number.
            models.UniqueConstraint(
                fields=["protocol"], condition=~Q(state="cancelled"), name="one_request_per_protocol"
            ),
            models.CheckConstraint(condition=~Q(protocol="") & ~Q(asked=""), name="request_has_number_and_question"),
            one_of("channel", RequestChannel, name="request_channel_is_known"),
            one_of("state", RequestState, name="request_state_is_known"),
            one_of("outcome", RequestOutcome, name="request_outcome_is_known"),
            models.CheckConstraint(condition=Q(due_on__gt=F("received_on")), name="request_due_after_receipt"),
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(answer="") & Q(answered_at__isnull=False),
                name="request_answered_has_text_and_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False) & ~Q(outcome="")
                | ~Q(state="closed") & Q(closed_on__isnull=True, outcome=""),
                name="request_closed_has_day_and_outcome",
            ),
            models.CheckConstraint(
                condition=Q(sent_on__isnull=True) | Q(answered_at__isnull=False), name="request_sent_was_answered"
            ),
        ]
        indexes = [
            # The officers' list, the tile, and the rungs of alerts.
            models.Index(fields=["due_on", "id"], name="request_owed", condition=_OWED),
        ]
        triggers = [
            *never_deleted(),
            fixed("request_is_kept", ["protocol", "complaint", "channel", "asked", "registered_at"]),
            fixed(
                "answer_is_kept",
                ["answer", "answered_at", "received_on", "is_halved", "due_on"],
                once=pgtrigger.Q(old__answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.protocol

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names by which a text may call the complainant."""
        return self.complaint.every_name

    @property
    def is_owed(self) -> bool:
        """Whether an answer has still to go."""
        return self.state in OPEN_REQUESTS or (self.state == State.ANSWERED and self.sent_on is None)

    def can_become(self, state: str) -> bool:
        """Whether the table of states allows it now."""
        return state in self.NEXT[self.state]
