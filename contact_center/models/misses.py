"""Why contacts were not resolved at first level, and which came back, kept per day (`contact_center.figures.unresolved`)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .contact import Contact
from .organisation import Agent, TollFreeLine
from .topic import Topic


class DailyMisses(models.Model):
    """Contacts of one day (in Italy, by arrival) that were not resolved at first level, for one reason.

    The reason is that of `contact_center.figures.reasons`. Sums are kept, never averages.
    """

    day = models.DateField()
    channel = models.CharField(max_length=10, choices=Contact.Channel.choices)
    # Read by day alone (the unique constraint's index), so the keys need no index of their own.
    line = models.ForeignKey(TollFreeLine, models.CASCADE, null=True, related_name="+", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+", db_index=False)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=12)
    contacts = models.PositiveIntegerField(default=1)
    talks = models.PositiveIntegerField(default=0, help_text="Of these, calls whose talk is known")
    seconds = models.PositiveBigIntegerField(default=0, help_text="Talk, hold and work after the call, of `talks`")

    class Meta:
        verbose_name = _("daily reasons")
        verbose_name_plural = _("daily reasons")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "channel", "line", "topic", "agent", "reason"],
                name="one_row_per_reason_and_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & Q(contacts__gt=0) & Q(talks__lte=models.F("contacts")),
                name="daily_misses_count_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"


class DailyRepeats(models.Model):
    """Contacts of one day whose person came back within the days of the basis: from which topic to which.

    Their next contact is that of `contact_center.contacts.repeats`. It is not known any more (`next_known`) where the person was
    forgotten since.
    """

    day = models.DateField()
    channel = models.CharField(max_length=10, choices=Contact.Channel.choices)
    line = models.ForeignKey(TollFreeLine, models.CASCADE, null=True, related_name="+", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+", db_index=False)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+", db_index=False)
    next_topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+", db_index=False)
    next_known = models.BooleanField(default=True)
    contacts = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("daily returns")
        verbose_name_plural = _("daily returns")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "channel", "line", "topic", "agent", "next_topic", "next_known"],
                name="one_row_per_pair_and_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(contacts__gt=0) & (Q(next_known=True) | Q(next_topic__isnull=True)),
                name="daily_repeats_count_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"
