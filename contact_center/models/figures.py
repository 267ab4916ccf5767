"""The counts kept per day, so that a page of figures costs the same after ten years (`contact_center.figures`)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from contact_center.catalogue import STORED

from .contact import Contact
from .organisation import Agent, TollFreeLine
from .topic import Topic


class DailyFigures(models.Model):
    """Counts of one day (in Italy, by arrival) for one channel and line, those of mass events apart, whole or cut by topic or by agent.

    Each cut adds up to the same total. Sums are kept, never averages: a mean over a period is a sum over a sum. Its counts
    are those of the catalogue (`contact_center.catalogue`), a column each.
    """

    class Cut(models.TextChoices):
        LINE = "line", _("by line")
        TOPIC = "topic", _("by topic")
        AGENT = "agent", _("by agent")

    cut = models.CharField(max_length=5, choices=Cut.choices)
    day = models.DateField()
    channel = models.CharField(max_length=10, choices=Contact.Channel.choices)
    of_mass_event = models.BooleanField(default=False)  # the contacts that are joined to one
    # Read by cut and day alone (the unique constraint's index), so the keys need no index of their own.
    line = models.ForeignKey(TollFreeLine, models.CASCADE, null=True, related_name="+", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+", db_index=False)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("daily figures")
        verbose_name_plural = _("daily figures")
        permissions = [
            ("view_wallboard", "Can see the wallboard"),
            ("keep_wallscreens", "Can let a screen show the wallboard without a sign-in"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cut", "day", "channel", "line", "of_mass_event", "topic", "agent"],
                name="one_row_per_cut_and_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(cut="line", topic__isnull=True, agent__isnull=True)
                | Q(cut="topic", agent__isnull=True)
                | Q(cut="agent", topic__isnull=True),
                name="daily_figures_are_cut_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.cut}"


for _count in STORED:
    _column = models.PositiveBigIntegerField if _count.sums else models.PositiveIntegerField
    DailyFigures.add_to_class(_count.name, _column(default=0))


class StaleDay(models.Model):
    """A mark: calls or contacts of this day changed since its counts were made. The next refresh counts it again.

    Marks are only ever added, one for each change, by triggers (`marks.py`) in the transaction of the change itself:
    writers never wait for each other, and a mark that arrives while its day is being counted outlives that count.
    """

    day = models.DateField()
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("day to count again")
        verbose_name_plural = _("days to count again")

    def __str__(self) -> str:
        return f"{self.day}"


class StalePerson(models.Model):
    """A mark: contacts of this person changed, so who came back after which contact must be found again.

    `person_key` is that of `Contact`; or "contact:17", a contact that no longer has one; or "*", everybody.
    """

    EVERYBODY = "*"

    person_key = models.TextField()
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("person whose contacts changed")
        verbose_name_plural = _("people whose contacts changed")

    def __str__(self) -> str:
        return self.person_key


class FiguresBasis(models.Model):
    """The thresholds under which the stored counts were made, and when: one row. Other thresholds need a rebuild."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    service_level_seconds = models.PositiveIntegerField()
    short_abandon_seconds = models.PositiveIntegerField()
    repeat_contact_days = models.PositiveIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("basis of the figures")
        verbose_name_plural = _("basis of the figures")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_basis")]

    def __str__(self) -> str:
        return f"{self.computed_at:%d/%m/%Y %H:%M}"
