"""How sending goes: the circuit of each channel (`ChannelCircuit`), and what went out on each day (`SendingDay`)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from notifications.channels import Channel
from notifications.kinds import LONGEST_CODE


class ChannelCircuit(models.Model):
    """Whether a channel is used now: one row for each that ever failed, the same for all workers, written over.

    It is closed, as a circuit is that works, while `rests_until` is empty. After some failures in a row the channel rests,
    longer each time; then one worker tries one notice (`tried_at`), and its result closes the circuit or opens it again.
    """

    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices, primary_key=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    cause = models.CharField(_("cause"), max_length=500, blank=True)
    is_ours = models.BooleanField(_("our settings are refused"), default=False)
    pause_seconds = models.PositiveIntegerField(_("pause in seconds"), default=0)
    opened_at = models.DateTimeField(_("rests since"), null=True, blank=True)
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)
    tried_at = models.DateTimeField(_("tried at"), null=True, blank=True)
    slow_until = models.DateTimeField(_("slow until"), null=True, blank=True)
    asked_at = models.DateTimeField(_("trial asked for at"), null=True, blank=True)
    asked_by = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("trial asked for by"),
        db_index=False,
    )

    class Meta:
        verbose_name = _("state of a channel")
        verbose_name_plural = _("states of the channels")
        ordering = ["channel"]
        constraints = [
            one_of("channel", Channel, name="circuit_channel_is_known"),
            models.CheckConstraint(
                condition=Q(rests_until__isnull=True, opened_at__isnull=True)
                | Q(rests_until__isnull=False, opened_at__isnull=False),
                name="circuit_rests_since_and_until",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True) | Q(asked_at__isnull=False), name="circuit_trial_has_its_moment"
            ),
        ]

    def __str__(self) -> str:
        return self.get_channel_display()


class SendingDay(models.Model):
    """What became of the notices that were written on a day, of a kind on a channel: counted again while reports still come.

    Days are those of Rome. Without it a page about a year would read every notice of the year.
    """

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=LONGEST_CODE)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    written = models.PositiveIntegerField(_("written"), default=0)
    waiting = models.PositiveIntegerField(_("waiting"), default=0)
    held = models.PositiveIntegerField(_("held back"), default=0)
    sent = models.PositiveIntegerField(_("sent"), default=0)
    arrived = models.PositiveIntegerField(_("arrived"), default=0)
    came_back = models.PositiveIntegerField(_("did not arrive"), default=0)
    read = models.PositiveIntegerField(_("read"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    in_doubt = models.PositiveIntegerField(_("in doubt"), default=0)
    withheld = models.PositiveIntegerField(_("withheld"), default=0)
    cost = models.DecimalField(_("cost in euro"), max_digits=14, decimal_places=4, default=0)
    counted_at = models.DateTimeField(_("counted at"), default=timezone.now)

    class Meta:
        verbose_name = _("day of sending")
        verbose_name_plural = _("days of sending")
        ordering = ["-day", "kind", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "channel"], name="sending_day_once"),
            one_of("channel", Channel, name="sending_day_channel_is_known"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="sending_day_costs_something_or_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.channel}"
