"""`CallEvent`: what a telephone platform reported, word for word, for as long as late words may follow."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.guards import append_only


class CallEventKind(models.TextChoices):
    """What the telephone platform reports."""

    QUEUED = "queued", _("entered a queue")
    RINGING = "ringing", _("rings at an agent's")
    RANG_OUT = "rang_out", _("rang in vain")
    ANSWERED = "answered", _("answered")
    HELD = "held", _("put on hold")
    RESUMED = "resumed", _("taken off hold")
    TRANSFERRED = "transferred", _("transferred")
    ENDED = "ended", _("ended")
    WRAPPED = "wrapped", _("after-call work ended")


class CallEvent(models.Model):
    """One event of a call. The call is always worked out again from all of its events (`contact_center.calls.events.fold`)."""

    Kind = CallEventKind

    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("key of the call at the source"), max_length=120)
    key = models.CharField(_("key of the event at the source"), max_length=120)
    kind = models.CharField(_("kind"), max_length=11, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    facts = models.JSONField(
        _("facts"), default=dict, blank=True, help_text=_("Line, agent, caller, reason, where to")
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        verbose_name = _("event of a call")
        verbose_name_plural = _("events of calls")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="call_event_once_per_source"),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(external_id="") & ~Q(key=""), name="call_event_has_its_keys"
            ),
            one_of("kind", CallEventKind, name="call_event_kind_is_known"),
        ]
        indexes = [
            # All events of one call, each time another arrives.
            models.Index(fields=["source", "external_id"], name="call_event_of_call"),
            # The purge of what is old: rows lie in the order of their arrival, so a few pages say where.
            BrinIndex(fields=["received_at"], name="call_event_received", autosummarize=True),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.source}/{self.external_id}: {self.kind}"
