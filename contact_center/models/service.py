"""What a contact is due by, and how it is wrapped up: calendars, targets and wrap-up codes, as dated data."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.validators import validate_one_line
from foundation.constraints import one_of
from foundation.history import keep_history
from foundation.naming import NamedInTwoLanguages

from .contact import Contact, ContactOutcome
from .dated import ValidOnQuerySet
from .organisation import TollFreeLine

MIDNIGHT = time(0)  # as a closing time: the end of the day

# A code leads to one of these. That the customer took an operation back, that another contact counts in its place, or that an earlier system did not keep what came of
# it, is no code's: nobody chooses it.
NOT_CHOSEN = (
    ContactOutcome.NOT_CODED,
    ContactOutcome.WITHDRAWN,
    ContactOutcome.JOINED,
    ContactOutcome.NOT_KNOWN,
)
CODED_OUTCOMES = [each for each in ContactOutcome if each not in NOT_CHOSEN]


@keep_history()
class ServiceCalendar(NamedInTwoLanguages, models.Model):
    """When the service works: several periods a day, national holidays, the patron saint of a province, days of its own."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=100, blank=True, validators=[validate_one_line])
    province = models.CharField(
        _("province of the patron saint"),
        max_length=2,
        blank=True,
        help_text=_("Such as MI: its patron saint's day is a holiday too"),
    )

    class Meta:
        verbose_name = _("service calendar")
        verbose_name_plural = _("service calendars")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.shown_name


@keep_history()
class OpeningPeriod(models.Model):
    """Hours of one weekday, local time in Italy. A lunch break is the gap between two periods; midnight ends the day."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    calendar = models.ForeignKey(
        ServiceCalendar, models.CASCADE, related_name="periods", verbose_name=_("service calendar")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    opens = models.TimeField(_("opens at"))
    closes = models.TimeField(_("closes at"), help_text=_("00:00 is midnight at the end of the day"))

    class Meta:
        verbose_name = _("opening period")
        verbose_name_plural = _("opening periods")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=MIDNIGHT), name="period_closes_after_it_opens"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="period_weekday_is_one_of_seven"),
            models.UniqueConstraint(fields=["calendar", "weekday", "opens"], name="one_period_per_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


@keep_history()
class SpecialDay(NamedInTwoLanguages, models.Model):
    """A day that is not like its weekday: closed, or open with hours of its own (a holiday on which we work).

    A day with a break has a row for each of its periods.
    """

    calendar = models.ForeignKey(
        ServiceCalendar, models.CASCADE, related_name="special_days", verbose_name=_("service calendar")
    )
    day = models.DateField(_("day"))
    name = models.CharField(_("why"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("why, in English"), max_length=100, blank=True, validators=[validate_one_line])
    opens = models.TimeField(_("opens at"), null=True, blank=True, help_text=_("Empty: closed the whole day"))
    closes = models.TimeField(_("closes at"), null=True, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["day", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "day", "opens"], name="one_special_day_per_opening", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False) & (Q(closes__gt=F("opens")) | Q(closes=MIDNIGHT)),
                name="special_day_is_closed_or_has_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.shown_name}"


@keep_history()
class ServiceTarget(models.Model):
    """Within how many minutes of service a contact of a kind is to be dealt with at a level."""

    kind = models.CharField(_("kind"), max_length=15, choices=Contact.Kind.choices)
    level = models.PositiveSmallIntegerField(_("level"), choices=[(1, _("first level")), (2, _("second level"))])
    calendar = models.ForeignKey(
        ServiceCalendar, models.PROTECT, related_name="targets", verbose_name=_("service calendar")
    )
    minutes = models.PositiveIntegerField(_("minutes of service"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("service target")
        verbose_name_plural = _("service targets")
        ordering = ["kind", "level", F("valid_from").desc(nulls_last=True)]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="target_takes_some_time"),
            models.UniqueConstraint(
                fields=["kind", "level", "valid_from"], name="one_target_per_beginning", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="target_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_level_display()}: {self.minutes} min"


@keep_history()
class LineTarget(models.Model):
    """The service level wanted of a line: such a share of its calls answered within so many seconds of entering the queue.

    The figures count a call as answered in time by the target of its line on its day; a line without one, by SERVICE_LEVEL_SECONDS.
    """

    line = models.ForeignKey(TollFreeLine, models.PROTECT, related_name="targets", verbose_name=_("line"))
    share = models.PositiveSmallIntegerField(
        _("share of calls (%)"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    seconds = models.PositiveIntegerField(
        _("answered within (seconds)"), validators=[MinValueValidator(1), MaxValueValidator(3600)]
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("target of a line")
        verbose_name_plural = _("targets of lines")
        ordering = ["line", F("valid_from").desc(nulls_last=True)]
        constraints = [
            models.CheckConstraint(condition=Q(share__range=(1, 100)), name="line_target_is_a_share"),
            models.CheckConstraint(condition=Q(seconds__range=(1, 3600)), name="line_target_within_an_hour"),
            models.UniqueConstraint(
                fields=["line", "valid_from"], name="one_line_target_per_beginning", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="line_target_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.share} % / {self.seconds} s"


@keep_history()
class WrapUpCode(NamedInTwoLanguages, models.Model):
    """What came of a contact, chosen by the person who dealt with it: obligatory, dated, with flags instead of meanings in code."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=100, blank=True, validators=[validate_one_line])
    key = models.CharField(_("key"), max_length=1, blank=True, help_text=_("Chooses it on the keyboard"))
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=[(each.value, each.label) for each in CODED_OUTCOMES]
    )
    keeps_open = models.BooleanField(
        _("to be called back"), default=False, help_text=_("The contact stays open, with its owner, until called back")
    )
    hints_complaint = models.BooleanField(
        _("would be a complaint"), default=False, help_text=_("The written complaint form is offered to the customer")
    )
    needs_topic = models.BooleanField(_("needs a topic"), default=True)
    lines = models.ManyToManyField(
        TollFreeLine, blank=True, related_name="wrap_up_codes", verbose_name=_("lines"), help_text=_("None: all")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("wrap-up code")
        verbose_name_plural = _("wrap-up codes")
        ordering = ["position", "code"]
        constraints = [
            one_of("outcome", CODED_OUTCOMES, name="wrap_up_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(keeps_open=False) | Q(outcome="unresolved"), name="wrap_up_call_back_is_not_resolved"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key="") & Q(valid_to__isnull=True), name="one_wrap_up_code_per_key"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="wrap_up_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name
