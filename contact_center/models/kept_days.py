"""What is kept per day beside the figures of the catalogue: time in states, and time in queues (`contact_center.figures.kept`)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .organisation import Agent, Team, TollFreeLine

DUTY_STATES = ("signed_in", "ready", "pause", "written", "on_call", "after_call")
LONGEST_DAY = 25 * 3600  # the one on which the clocks go back


class AgentDay(models.Model):
    """Whole seconds that an agent was in each state on a day in Italy; they add up to the time on duty.

    `team` is the agent's when the day was counted. After a year the row no longer says of whom it is, and remains with its team.
    """

    day = models.DateField()
    # Read by day alone (the unique constraint's index), so neither needs an index of its own.
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+", db_index=False)
    signed_in = models.PositiveIntegerField(default=0)
    ready = models.PositiveIntegerField(default=0)
    pause = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    on_call = models.PositiveIntegerField(default=0)
    after_call = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("day of an agent")
        verbose_name_plural = _("days of agents")
        constraints = [
            models.UniqueConstraint(fields=["day", "agent"], name="one_row_per_agent_and_day"),
            models.CheckConstraint(
                condition=Q(
                    on_call__lte=LONGEST_DAY
                    - F("signed_in")
                    - F("ready")
                    - F("pause")
                    - F("written")
                    - F("after_call")
                ),
                name="agent_day_is_no_longer_than_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class QueueDay(models.Model):
    """How long callers were in the queue of a line, of the calls that arrived on a day: in their first queue, or in a later one.

    A call that was passed on is in several. A wait or a talk that is not known is in no sum: `waits_known` and `talks_known` say of how
    many the seconds are.
    """

    day = models.DateField()
    line = models.ForeignKey(TollFreeLine, models.CASCADE, related_name="+", db_index=False)
    is_first = models.BooleanField()
    calls = models.PositiveIntegerField(default=0)
    entered = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    abandoned = models.PositiveIntegerField(default=0)
    waits_known = models.PositiveIntegerField(default=0)
    wait_seconds = models.PositiveBigIntegerField(default=0)
    talks_known = models.PositiveIntegerField(default=0)
    talk_seconds = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("day of a queue")
        verbose_name_plural = _("days of queues")
        constraints = [
            models.UniqueConstraint(fields=["day", "line", "is_first"], name="one_row_per_queue_and_day"),
            models.CheckConstraint(condition=Q(calls__lte=F("entered")), name="queue_day_has_a_call_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day}"
