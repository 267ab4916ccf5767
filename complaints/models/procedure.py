"""What requests of IVASS and appeals to the Insurance Arbiter share: the numbers of the law, the stops, the files, the letter."""

import uuid
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from complaints.procedures.terms import Figure, Stop
from foundation.constraints import is_among, one_of
from foundation.guards import append_only, fixed, never_deleted
from foundation.history import keep_history
from foundation.office.read_only import euro

from .addition import stored_under
from .letter import Digest, LetterSending

NOT_VERIFIED = _("Not ticked: the rule was read in secondary sources, or not at all. Check it before you rely on it.")
OF_ONE = Q(request__isnull=False, appeal__isnull=True) | Q(request__isnull=True, appeal__isnull=False)


# --- The numbers of the law -----------------------------------------------------------------------------------------
class FigureKind(models.TextChoices):
    """What a number of the law is: a term, an age, or a cap."""

    COMPLAINT_ANSWER = "complaint_answer", _("answer to a complaint, before the Arbiter may be asked")
    IVASS_ANSWER = "ivass_answer", _("answer to IVASS")
    IVASS_HALVED = "ivass_halved", _("answer to IVASS, halved (duty to contract)")
    COMPLETION = "completion", _("completion of an appeal by the applicant")
    COUNTER_ARGUMENTS = "counter_arguments", _("counter-arguments to an appeal")
    DECISION = "decision", _("decision of the Arbiter")
    EXTENSION = "extension", _("extension of the decision, once")
    COMPLAINT_AGE = "complaint_age", _("age of the complaint at the appeal, at most")
    FACTS_AGE = "facts_age", _("age of the facts at the complaint, at most")
    CAP_DEATH_ONLY = "cap_death_only", _("cap: life, death only")
    CAP_LIFE = "cap_life", _("cap: other life")
    CAP_NON_LIFE = "cap_non_life", _("cap: non-life")
    CAP_INJURED = "cap_injured", _("cap: injured party with direct action")
    PUBLISHED_BY_ARBITER = "published_arbiter", _("publication by the Arbiter of a decision that is not complied with")
    PUBLISHED_BY_US = "published_us", _("publication on our site of a decision that is not complied with")


IN_EURO = (FigureKind.CAP_DEATH_ONLY, FigureKind.CAP_LIFE, FigureKind.CAP_NON_LIFE, FigureKind.CAP_INJURED)
IN_MONTHS = (
    FigureKind.COMPLAINT_AGE,
    FigureKind.FACTS_AGE,
    FigureKind.PUBLISHED_BY_ARBITER,
    FigureKind.PUBLISHED_BY_US,
)
IN_DAYS = tuple(each for each in FigureKind if each not in (*IN_EURO, *IN_MONTHS))


class CountsFrom(models.TextChoices):
    """From which day the term of the decision counts: the sources do not agree."""

    FIXED = "", _("the day that the rule gives it")
    FILING = "filing", _("the filing of the appeal")
    COMPLETE_FILE = "complete_file", _("the complete file")


@keep_history()
class LegalFigure(models.Model):
    """A number that the law sets, from a day on: days, months or euro, as its kind says. The newest that has begun holds.

    A day that was worked out with it, on a request or an appeal, remains as it was when the number changes.
    """

    Kind, CountsFrom = FigureKind, CountsFrom

    kind = models.CharField(_("number of the law"), max_length=17, choices=FigureKind.choices)
    amount = models.PositiveIntegerField(_("how many"), help_text=_("Days, months or euro, as the list shows"))
    has_stops = models.BooleanField(
        _("stops"), default=False, help_text=_("The days of the Arbiter's stops are not counted. Only for days.")
    )
    counts_from = models.CharField(
        _("counts from"),
        max_length=13,
        choices=CountsFrom.choices,
        default=CountsFrom.FIXED,
        blank=True,
        help_text=_("Only for the decision of the Arbiter, about which the sources do not agree"),
    )
    valid_from = models.DateField(pgettext_lazy("rule", "valid from"))
    source = models.CharField(_("source"), max_length=200)
    is_verified = models.BooleanField(_("verified"), default=False, help_text=NOT_VERIFIED)

    class Meta:
        verbose_name = _("number of the law")
        verbose_name_plural = _("numbers of the law")
        ordering = ["kind", "-valid_from"]
        constraints = [
            one_of("kind", FigureKind, name="legal_figure_kind_is_known"),
            models.UniqueConstraint(fields=["kind", "valid_from"], name="one_legal_figure_per_beginning"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="legal_figure_is_something"),
            models.CheckConstraint(condition=~Q(source=""), name="legal_figure_has_a_source"),
            models.CheckConstraint(
                condition=Q(has_stops=False) | is_among("kind", IN_DAYS), name="legal_figure_stops_only_in_days"
            ),
            models.CheckConstraint(
                condition=Q(kind="decision") & is_among("counts_from", (CountsFrom.FILING, CountsFrom.COMPLETE_FILE))
                | ~Q(kind="decision") & Q(counts_from=""),
                name="legal_figure_counts_from_for_decision",
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.in_words}"

    @property
    def in_words(self) -> str:
        """The number with its unit, such as 40 days."""
        if self.kind in IN_EURO:
            return euro(Decimal(self.amount))
        if self.kind in IN_MONTHS:
            return ngettext("%(n)d month", "%(n)d months", self.amount) % {"n": self.amount}
        return ngettext("%(n)d day", "%(n)d days", self.amount) % {"n": self.amount}

    @property
    def as_figure(self) -> Figure:
        """The same as a plain value, for the rules."""
        return Figure(self.kind, self.amount, self.has_stops, self.counts_from, self.valid_from)


@keep_history()
class TermStop(models.Model):
    """A period of each year whose days the terms before the Arbiter do not count; it may run over New Year's Eve."""

    first_month = models.PositiveSmallIntegerField(
        _("first month"), validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    first_day = models.PositiveSmallIntegerField(
        _("first day"), validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    last_month = models.PositiveSmallIntegerField(
        _("last month"), validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    last_day = models.PositiveSmallIntegerField(
        _("last day"), validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    valid_from = models.DateField(pgettext_lazy("rule", "valid from"))
    valid_to = models.DateField(pgettext_lazy("rule", "valid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    is_verified = models.BooleanField(_("verified"), default=False, help_text=NOT_VERIFIED)

    class Meta:
        verbose_name = _("stop of the Arbiter's terms")
        verbose_name_plural = _("stops of the Arbiter's terms")
        ordering = ["first_month", "first_day", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    first_month__range=(1, 12),
                    last_month__range=(1, 12),
                    first_day__range=(1, 31),
                    last_day__range=(1, 31),
                ),
                name="term_stop_has_days_of_a_year",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="term_stop_has_a_source"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="term_stop_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["first_month", "first_day", "valid_from"], name="one_term_stop_per_beginning"
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.first_day}/{self.first_month:02} – {self.last_day}/{self.last_month:02}"

    @property
    def as_stop(self) -> Stop:
        """The same as a plain value, for the rules."""
        return Stop(
            (self.first_month, self.first_day), (self.last_month, self.last_day), self.valid_from, self.valid_to
        )


# --- Files and letters ----------------------------------------------------------------------------------------------
class Direction(models.TextChoices):
    """Whether a file came in or went out."""

    RECEIVED = "received", _("received")
    SENT = "sent", _("sent")


class ProcedureFile(models.Model):
    """A file of a request or an appeal, as it came or as it was sent. Rows are added, never changed, never deleted."""

    Direction = Direction

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(
        "complaints.RegulatorRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name=_("request of IVASS"),
    )
    appeal = models.ForeignKey(
        "complaints.ArbitratorAppeal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name=_("appeal to the Arbiter"),
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction.choices)
    name = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=80, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("document of a procedure")
        verbose_name_plural = _("documents of a procedure")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=OF_ONE, name="procedure_file_is_of_one_procedure"),
            models.CheckConstraint(condition=~Q(name=""), name="procedure_file_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="procedure_file_is_not_empty"),
            one_of("direction", Direction, name="procedure_file_direction_is_known"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name


class LetterWay(models.TextChoices):
    """How a letter to IVASS or to the Arbiter goes."""

    PEC = "pec", _("by PEC")
    POST = "post", _("by post")
    PORTAL = "portal", _("on the portal, by hand")


class ProcedureLetter(models.Model):
    """Our answer to IVASS, or our counter-arguments to the Arbiter, kept byte for byte; and how it was sent last.

    The day on which it went is on its request or appeal (`sent_on`); `problem` says why it did not arrive.
    """

    Way, Post = LetterWay, LetterSending.Post

    request = models.OneToOneField(
        "complaints.RegulatorRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letter",
        verbose_name=_("request of IVASS"),
    )
    appeal = models.OneToOneField(
        "complaints.ArbitratorAppeal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letter",
        verbose_name=_("appeal to the Arbiter"),
    )
    pdf = models.BinaryField(_("PDF"))
    sha256 = models.GeneratedField(
        expression=Digest(F("pdf")),
        output_field=models.CharField(max_length=64),
        db_persist=True,
        verbose_name=_("SHA-256"),
    )
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    way = models.CharField(_("way"), max_length=6, choices=LetterWay.choices)
    address = models.CharField(_("address"), max_length=254, blank=True)
    notice = models.ForeignKey(
        "notifications.Notice", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("notice")
    )
    post = models.CharField(
        _("kind of post"), max_length=10, choices=LetterSending.Post.choices, default="", blank=True
    )
    tracking = models.CharField(
        _("number of the proof"),
        max_length=60,
        blank=True,
        help_text=_("Of the registered letter, or of the portal's receipt"),
    )
    problem = models.CharField(_("problem"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("letter of a procedure")
        verbose_name_plural = _("letters of a procedure")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=OF_ONE, name="procedure_letter_is_of_one_procedure"),
            models.CheckConstraint(condition=~Q(pdf=Value(b"")), name="procedure_letter_is_not_empty"),
            models.CheckConstraint(
                condition=Q(way="pec", notice__isnull=False)
                | Q(notice__isnull=True) & is_among("way", (LetterWay.POST, LetterWay.PORTAL)),
                name="procedure_letter_has_its_notice",
            ),
        ]
        # The task that follows letters sent by PEC.
        indexes = [models.Index(fields=["notice"], name="procedure_letter_followed", condition=Q(way="pec"))]
        triggers = [*never_deleted(), fixed("letter_is_kept", ["request", "appeal", "pdf", "by", "made_at"])]

    def __str__(self) -> str:
        return self.file_name

    @property
    def procedure(self):
        """The request or the appeal whose letter it is."""
        return self.request or self.appeal

    @property
    def file_name(self) -> str:
        """What the file is called where it is saved: risposta-ivass-17.pdf."""
        return f"risposta-ivass-{self.request_id}.pdf" if self.request_id else f"controdeduzioni-{self.appeal_id}.pdf"
