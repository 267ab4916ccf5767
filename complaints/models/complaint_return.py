"""`HalfYearReturn`: a return as it was frozen, with its rows and files; the yearly and market figures beside it; the statement."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.code import LONGEST_WORD
from complaints.models.complaint import LONGEST_OLD_NUMBER, OLD_NUMBER_MARK
from complaints.models.letter import Digest
from customers import rami
from foundation.guards import append_only, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.naming import NamedInTwoLanguages


def _file(label: Any) -> models.BinaryField:
    return models.BinaryField(label)


def _digest(column: str, label: Any) -> models.GeneratedField:
    return models.GeneratedField(
        expression=Digest(F(column)),
        output_field=models.CharField(max_length=64),
        db_persist=True,
        verbose_name=label,
    )


class HalfYearReturn(models.Model):
    """The return of a half year, frozen. A row is added, never changed: what was wrong in it is a further revision.

    `tables` is what was counted, `checksum` the SHA-256 of the tables and of every row that entered
    (`complaints.returns.freezing.checksum_of`); the files are kept as they were made, byte for byte.
    """

    half = models.CharField(_("half year"), max_length=6)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    frozen_at = models.DateTimeField(_("frozen at"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Nobody where a command of the system froze it"),
    )
    reason = models.CharField(_("why it was revised"), max_length=500, blank=True)
    rows_number = models.PositiveIntegerField(_("complaints in it"))
    rows_checksum = models.CharField(_("checksum of the rows"), max_length=64)
    checksum = models.CharField(_("checksum"), max_length=64)
    rules_version = models.CharField(_("version of the rules"), max_length=20)
    code_version = models.CharField(_("version of the program"), max_length=64)
    tables = models.JSONField(_("tables"))
    differences = models.JSONField(_("differences from the revision before"), default=list, blank=True)
    csv = _file(_("CSV"))
    xlsx = _file(_("XLSX"))
    pdf = _file(_("PDF"))
    xml = _file(_("XML"))
    csv_sha256 = _digest("csv", _("SHA-256 of the CSV"))
    xlsx_sha256 = _digest("xlsx", _("SHA-256 of the XLSX"))
    pdf_sha256 = _digest("pdf", _("SHA-256 of the PDF"))
    xml_sha256 = _digest("xml", _("SHA-256 of the XML"))

    class Meta:
        verbose_name = _("half-year return")
        verbose_name_plural = _("half-year returns")
        ordering = ["-half", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["half", "revision"], name="return_once_in_a_revision"),
            models.CheckConstraint(condition=Q(half__regex=r"^20[0-9]{2}H[12]$"), name="return_half_is_one"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="return_revisions_begin_at_one"),
            models.CheckConstraint(condition=Q(revision=1) | ~Q(reason=""), name="return_revised_says_why"),
            models.CheckConstraint(
                condition=Q(checksum__regex=r"^[0-9a-f]{64}$", rows_checksum__regex=r"^[0-9a-f]{64}$"),
                name="return_has_its_checksums",
            ),
            models.CheckConstraint(
                condition=~Q(csv=Value(b"")) & ~Q(xlsx=Value(b"")) & ~Q(pdf=Value(b"")) & ~Q(xml=Value(b"")),
                name="return_has_its_files",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.half if self.revision == 1 else f"{self.half} ({self.revision})"


class ReturnRow(models.Model):
    """A complaint as a frozen return counted it: its number, days and words of codes, and nothing about a person.

    `complaint_id` is a number and not a key: the row stands by itself, whatever the register becomes.
    """

    half_year_return = models.ForeignKey(
        HalfYearReturn, models.PROTECT, related_name="rows", verbose_name=_("half-year return"), db_index=False
    )
    complaint_id = models.PositiveBigIntegerField(_("complaint"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    sequence = models.PositiveIntegerField(_("number in the year"), null=True, blank=True)
    old_number = models.CharField(
        _("number in the past register"),
        max_length=LONGEST_OLD_NUMBER,
        blank=True,
        help_text=_("Of an entry that was imported, which has no number of ours"),
    )
    received_on = models.DateField(_("received on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    ending = models.CharField(_("ending"), max_length=LONGEST_WORD, blank=True)
    outcome = models.CharField(_("outcome"), max_length=LONGEST_WORD, blank=True)
    ramo = models.CharField(_("line of business (ramo)"), max_length=4)
    area = models.CharField(_("business area"), max_length=LONGEST_WORD)
    reason = models.CharField(_("main reason"), max_length=LONGEST_WORD)
    product = models.CharField(_("product"), max_length=LONGEST_WORD, blank=True)
    channel = models.CharField(_("received by way of"), max_length=LONGEST_WORD)
    distribution = models.CharField(_("channel of distribution"), max_length=LONGEST_WORD)
    intermediary_kind = models.CharField(_("type of intermediary"), max_length=LONGEST_WORD, blank=True)
    has_intermediary = models.BooleanField(_("an intermediary is concerned"))
    agency = models.CharField(_("code of the agency"), max_length=20, blank=True)
    is_treatable = models.BooleanField(_("can be treated"))
    not_treatable_cause = models.CharField(_("cause of non-treatability"), max_length=LONGEST_WORD, blank=True)
    is_repeated = models.BooleanField(_("repeated"))

    class Meta:
        verbose_name = _("complaint in a return")
        verbose_name_plural = _("complaints in a return")
        ordering = ["year", "sequence", "complaint_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["half_year_return", "year", "sequence"], name="complaint_once_in_a_return"
            ),
            models.UniqueConstraint(
                fields=["half_year_return", "complaint_id"],
                condition=~Q(old_number=""),
                name="past_entry_once_in_a_return",
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=False, sequence__isnull=False, old_number="")
                | Q(year__isnull=True, sequence__isnull=True) & ~Q(old_number=""),
                name="return_row_number_is_ours_or_old",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, ending="", outcome="")
                | Q(closed_on__isnull=False, ending="answered") & ~Q(outcome="")
                | Q(closed_on__isnull=False, ending="withdrawn", outcome=""),
                name="return_row_ends_as_it_says",
            ),
            models.CheckConstraint(
                condition=~Q(ramo="") & ~Q(area="") & ~Q(reason="") & ~Q(channel="") & ~Q(distribution=""),
                name="return_row_is_classified",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number in the register; of an entry of a past register the one it had there, “prec. 123”."""
        return f"{OLD_NUMBER_MARK} {self.old_number}" if self.old_number else f"{self.year}/{self.sequence}"


@keep_history()
class BranchFigure(Versioned):
    """Premiums and contracts of a branch in a year, entered by hand: what the rates of complaints are divided by."""

    year = models.PositiveSmallIntegerField(_("year"))
    ramo = models.CharField(_("line of business (ramo)"), max_length=4, choices=rami.CHOICES)
    is_carried_on = models.BooleanField(
        _("we do this business"),
        default=True,
        help_text=_("Where we do not, the return shows a dash instead of a zero while nothing was received"),
    )
    premium = models.DecimalField(
        _("premiums (euro)"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Gross premiums written in the year. Empty: not entered, which is not zero"),
    )
    contracts = models.PositiveIntegerField(
        _("contracts"),
        null=True,
        blank=True,
        help_text=_("In force at the end of the year. Empty: not entered, which is not zero"),
    )
    source = models.CharField(
        _("source"), max_length=200, help_text=_("Where the figures come from, such as the accounts of the year")
    )

    class Meta:
        verbose_name = _("yearly figures of a branch")
        verbose_name_plural = _("yearly figures of branches")
        ordering = ["-year", "ramo"]
        constraints = [
            models.UniqueConstraint(fields=["year", "ramo"], name="branch_figure_once_a_year"),
            models.CheckConstraint(
                condition=Q(premium__isnull=True) | Q(premium__gte=0), name="branch_premium_not_negative"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="branch_figure_has_a_source"),
            models.CheckConstraint(
                condition=Q(is_carried_on=True) | Q(premium__isnull=True, contracts__isnull=True),
                name="branch_not_carried_on_has_no_figures",
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.year}: {self.get_ramo_display()}"


@keep_history()
class MarketFigure(NamedInTwoLanguages, Versioned):
    """What was published about the complaints of the whole market in a period, with its source. Empty: not published."""

    period = models.CharField(_("period"), max_length=6, help_text=_("A year (2022) or a half year (2024H1)"))
    name = models.CharField(_("companies"), max_length=120)
    name_en = models.CharField(_("companies, in English"), max_length=120)
    complaints = models.PositiveIntegerField(_("complaints"), null=True, blank=True)
    motor_share = models.DecimalField(_("motor liability (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    other_share = models.DecimalField(_("other non-life (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    life_share = models.DecimalField(_("life (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    upheld_share = models.DecimalField(_("upheld (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    settled_share = models.DecimalField(_("settled (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    rejected_share = models.DecimalField(_("rejected (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    open_share = models.DecimalField(_("still open (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    mean_days = models.DecimalField(_("days to the answer"), max_digits=5, decimal_places=1, null=True, blank=True)
    per_contracts = models.DecimalField(
        _("per 10,000 contracts"), max_digits=8, decimal_places=3, null=True, blank=True
    )
    per_million = models.DecimalField(
        _("per million euro of premiums"), max_digits=8, decimal_places=3, null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("figures of the market")
        verbose_name_plural = _("figures of the market")
        ordering = ["-period", "name"]
        constraints = [
            models.UniqueConstraint(fields=["period", "name"], name="market_figure_once"),
            models.CheckConstraint(condition=Q(period__regex=r"^20[0-9]{2}(H[12])?$"), name="market_period_is_one"),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(name="") & ~Q(name_en=""), name="market_figure_has_source_and_names"
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.period}: {self.shown_name}"


class PublicStatement(models.Model):
    """The yearly statement as it was published: the two returns that it is made of. The newest of a year is shown."""

    year = models.PositiveSmallIntegerField(_("year"))
    first = models.ForeignKey(
        HalfYearReturn, models.PROTECT, related_name="+", verbose_name=_("return of the first half")
    )
    second = models.ForeignKey(
        HalfYearReturn, models.PROTECT, related_name="+", verbose_name=_("return of the second half")
    )
    published_at = models.DateTimeField(_("published at"), default=timezone.now, editable=False)
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("yearly public statement")
        verbose_name_plural = _("yearly public statements")
        ordering = ["-year", "-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="statement_once_of_the_same_returns"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return str(self.year)
