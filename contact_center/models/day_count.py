"""`DayCount`: what another system counted of one day and line, where its single calls are not to be had."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.history import keep_history

from .entry import LONGEST_SOURCE
from .organisation import TollFreeLine


def _at_most(smaller: str, larger: str) -> Q:
    """The one count is among the other, where both are known."""
    unknown = Q(**{f"{smaller}__isnull": True}) | Q(**{f"{larger}__isnull": True})
    return unknown | Q(**{f"{smaller}__lte": F(larger)})


@keep_history()
class DayCount(models.Model):
    """The counters of one day (in Italy) and line as another system gave them. What it does not count is null: not known, never zero.

    They stand for calls only where we have none of that day and line (`figures.counters`), so nothing is counted twice.
    """

    source = models.CharField(_("counted by"), max_length=LONGEST_SOURCE)
    day = models.DateField(_("day"))
    line = models.ForeignKey(TollFreeLine, models.PROTECT, related_name="+", verbose_name=_("line"), db_index=False)
    offered = models.PositiveIntegerField(_("offered"))
    answered = models.PositiveIntegerField(_("answered"))
    abandoned = models.PositiveIntegerField(_("abandoned"), null=True)
    short_abandoned = models.PositiveIntegerField(_("short abandons"), null=True)
    exited = models.PositiveIntegerField(_("left the queue otherwise"), null=True)
    turned_away = models.PositiveIntegerField(_("turned away"), null=True)
    answered_in_time = models.PositiveIntegerField(_("answered in time"), null=True)
    abandoned_in_time = models.PositiveIntegerField(_("abandoned within the seconds of the service level"), null=True)
    wait_seconds = models.PositiveBigIntegerField(_("seconds of wait of answered calls"), null=True)
    imported_at = models.DateTimeField(_("imported at"))

    class Meta:
        verbose_name = _("counters of a day")
        verbose_name_plural = _("counters of days")
        ordering = ["-day", "line"]
        constraints = [
            # One system counts a day and line, so that no call is counted by two. The index serves the figures, by day.
            models.UniqueConstraint(fields=["day", "line"], name="one_count_of_a_day_and_line"),
            models.CheckConstraint(condition=~Q(source=""), name="day_count_has_its_source"),
            models.CheckConstraint(
                condition=_at_most("answered", "offered")
                & _at_most("abandoned", "offered")
                & _at_most("exited", "offered")
                & _at_most("short_abandoned", "abandoned")
                & _at_most("abandoned_in_time", "abandoned")
                & _at_most("answered_in_time", "answered"),
                name="day_count_parts_are_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.line}"


# What another system may count, besides the two that it must.
OPTIONAL_COUNTS = (
    "abandoned",
    "short_abandoned",
    "exited",
    "turned_away",
    "answered_in_time",
    "abandoned_in_time",
    "wait_seconds",
)
DAY_COUNTS = ("offered", "answered", *OPTIONAL_COUNTS)
