"""The counts kept per half hour, beside those of the days and made with them (`contact_center.figures`)."""

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from contact_center.catalogue import OF_HALF_HOURS

from .computed import RomeDate, RomeHalfHour
from .contact import Contact
from .organisation import TollFreeLine


class WholeHalfHour(Func):
    """The moment at which the half hour of a moment begins."""

    template = "date_bin('30 minutes', %(expressions)s, TIMESTAMPTZ '2000-01-01 00:00+00')"
    output_field = models.DateTimeField()


class HalfHourFigures(models.Model):
    """Counts of one half hour, by arrival, for one channel and line.

    It is known by the moment at which it begins: the half hours that exist twice on the last Sunday of October are two rows,
    with the same `day` and `half_hour` of a clock in Italy, and those that spring leaves out are none. Its counts are those of the days
    and the waits in bands (`contact_center.catalogue`), a column each.
    """

    begins_at = models.DateTimeField()
    day = models.GeneratedField(expression=RomeDate(F("begins_at")), output_field=models.DateField(), db_persist=True)
    # 0 is from midnight to 0:29:59, 47 from 23:30.
    half_hour = models.GeneratedField(
        expression=RomeHalfHour(F("begins_at")), output_field=models.PositiveSmallIntegerField(), db_persist=True
    )
    channel = models.CharField(max_length=10, choices=Contact.Channel.choices)
    # Read by day alone (the unique constraint's index), so the line needs no index of its own.
    line = models.ForeignKey(TollFreeLine, models.CASCADE, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("figures of a half hour")
        verbose_name_plural = _("figures of half hours")
        constraints = [
            # The day says nothing that the moment does not; it is what the index is read by.
            models.UniqueConstraint(
                fields=["day", "begins_at", "channel", "line"], name="one_row_per_half_hour", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(begins_at=WholeHalfHour(F("begins_at"))), name="half_hour_begins_on_the_half_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.begins_at:%Y-%m-%d %H:%M%z}"


for _count in OF_HALF_HOURS:
    _column = models.PositiveBigIntegerField if _count.sums else models.PositiveIntegerField
    HalfHourFigures.add_to_class(_count.name, _column(default=0))
