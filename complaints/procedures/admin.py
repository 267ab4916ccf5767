"""The numbers of the law and the stops in the back office: dated data, which an administrator keeps."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from complaints.models import LegalFigure, TermStop
from complaints.models.procedure import IN_DAYS, CountsFrom, FigureKind
from complaints.procedures.terms import MOST_STOPPED, days_stopped
from foundation.office.base import OfficeAdmin


class FigureForm(forms.ModelForm):
    """A number of the law with what its kind needs."""

    class Meta:
        model = LegalFigure
        fields = ("kind", "amount", "has_stops", "counts_from", "valid_from", "source", "is_verified")

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        kind = given.get("kind")
        if given.get("has_stops") and kind not in IN_DAYS:
            self.add_error("has_stops", ValidationError(_("Only a term in days has stops."), code="no_days"))
        counts_from = given.get("counts_from", CountsFrom.FIXED)
        if kind == FigureKind.DECISION and counts_from == CountsFrom.FIXED:
            self.add_error(
                "counts_from", ValidationError(_("Say from which day the decision counts."), code="no_beginning")
            )
        if kind and kind != FigureKind.DECISION and counts_from != CountsFrom.FIXED:
            self.add_error(
                "counts_from",
                ValidationError(_("Leave this as it is: it is only for the decision."), code="not_the_decision"),
            )
        return given


@admin.register(LegalFigure)
class LegalFigureAdmin(OfficeAdmin[LegalFigure]):
    """Terms, ages and caps before IVASS and the Arbiter. A new number begins on a day; the newest that has begun holds."""

    form = FigureForm
    list_display = ("kind", "in_words_shown", "has_stops", "counts_from", "valid_from", "is_verified", "source")
    ordering = ("kind", "-valid_from")
    search_fields = ()
    addable = True
    editable = ("kind", "amount", "has_stops", "counts_from", "valid_from", "source", "is_verified")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("kind", "amount"),
                    ("has_stops", "counts_from"),
                    ("valid_from", "is_verified"),
                    "source",
                ],
                "description": _(
                    "A change holds for what is worked out from then on: days that stand on a request or an appeal remain. "
                    "Where a number changed by law, add one with its first day instead of changing the old one."
                ),
            },
        ),
    )

    @display(description=_("how many"))
    def in_words_shown(self, row: LegalFigure) -> str:
        return row.in_words


class StopForm(forms.ModelForm):
    """A stop of days that every year has; together the stops leave most of the year."""

    class Meta:
        model = TermStop
        fields = (
            *("first_day", "first_month", "last_day", "last_month", "valid_from", "valid_to", "source", "is_verified"),
        )

    instance: TermStop

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        names = ("first_day", "first_month", "last_day", "last_month", "valid_from")
        if any(given.get(name) is None for name in names):
            return given
        if given.get("valid_to") and given["valid_to"] < given["valid_from"]:
            self.add_error("valid_to", ValidationError(_("It ends before it begins."), code="wrong_order"))
            return given
        wanted = TermStop(**{name: given[name] for name in (*names, "valid_to") if name in given})
        others = TermStop.objects.exclude(pk=self.instance.pk)
        if days_stopped([wanted.as_stop, *(each.as_stop for each in others)]) > MOST_STOPPED:
            raise ValidationError(
                _("Together the stops would take more than %(most)d days of the year: a term might never end."),
                code="too_many_days",
                params={"most": MOST_STOPPED},
            )
        return given


@admin.register(TermStop)
class TermStopAdmin(OfficeAdmin[TermStop]):
    """The days of each year that the terms before the Arbiter do not count. A stop is not deleted but ends on a day."""

    form = StopForm
    list_display = ("__str__", "valid_from", "valid_to", "is_verified", "source")
    ordering = ("first_month", "first_day", "-valid_from")
    search_fields = ()
    addable = True
    editable = (
        "first_day",
        "first_month",
        "last_day",
        "last_month",
        "valid_from",
        "valid_to",
        "source",
        "is_verified",
    )
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("first_day", "first_month"),
                    ("last_day", "last_month"),
                    ("valid_from", "valid_to"),
                    "source",
                    "is_verified",
                ]
            },
        ),
    )
