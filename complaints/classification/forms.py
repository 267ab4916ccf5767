"""The form of the classification: it reads and checks; the command decides."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from complaints.codes.forms import NOT_CHOSEN, CodeChoice, ReasonsChoice
from complaints.models import Complaint
from complaints.models.code import CodeField, CodesField
from complaints.services import check_classification
from complaints.services.handling import CLASSIFICATION, HEARD, HEARD_STAYS
from customers import rami
from foundation.form_fields import DayField
from foundation.office.widgets import RowSelect
from foundation.refusals import Refused
from foundation.text import CleanedForm

# What the half-year return asks of every complaint, or of some: never called optional.
NEEDED_SOMETIMES = (
    "ramo",
    "area",
    "reason_codes",
    "received_by",
    "distribution",
    "intermediary_kind",
    "not_treatable_cause",
    "not_treatable_reason",
)
# Texts, however short, so that what was typed is kept in the browser until it is taken.
SHORT_TEXTS = ("reason", "not_treatable_reason")


def _rami() -> list[tuple[str, str]]:
    return [NOT_CHOSEN, *((code, f"{code} – {label}") for code, label in rami.CHOICES)]


def _field_of(column: models.Field, **given: Any) -> forms.Field | None:
    """The field of a column: codes by their names, days in the browser's own control, euro as people write them."""
    said: dict[str, Any] = {"label": capfirst(column.verbose_name), "help_text": column.help_text}
    if isinstance(column, CodesField):
        return ReasonsChoice(**said)
    if isinstance(column, CodeField):
        return CodeChoice(column.code_list, empty=column.blank, **said)
    if column.name == "ramo":
        return forms.ChoiceField(choices=_rami, required=False, **said)
    if isinstance(column, models.DateField):
        return DayField(required=False, **said)
    if isinstance(column, models.DecimalField):
        # In a field of text: one for numbers shows 1234,50 as empty.
        given |= {"localize": True, "widget": forms.TextInput(attrs={"inputmode": "decimal"})}
    if column.name in SHORT_TEXTS:
        given |= {"widget": forms.Textarea(attrs={"rows": 2})}
    return column.formfield(**given)


class ClassificationForm(CleanedForm, forms.ModelForm):
    """What the complaint is about. Customer, policy, claim and intermediary are found by search. What is valid is what changed."""

    instance: Complaint

    class Meta:
        model = Complaint
        fields = CLASSIFICATION
        formfield_callback = _field_of

    def __init__(self, *args: Any, shown: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        """Codes are offered as they were valid for a complaint received when this one was.

        `shown`: what the page that was sent had shown, where it is something else by now. The form then begins again with
        what is there now, and only what the person had changed is put into it once more.
        """
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                self._search_for(name, field)
            elif isinstance(field, CodeChoice):
                field.offer(on=self.instance.first_received_on, beside=[getattr(self.instance, name)])
            elif isinstance(field, ReasonsChoice):
                field.offer(on=self.instance.first_received_on, beside=self.instance.reason_codes)
        for name in NEEDED_SOMETIMES:
            self.fields[name].needed_sometimes = True  # type: ignore[attr-defined]  # read by the template of a field
        if shown is not None:
            self._begin_again(shown)

    def _search_for(self, name: str, field: forms.ModelChoiceField) -> None:
        """A row of a large table, in the language of the reader."""
        widget = RowSelect(Complaint._meta.get_field(name), admin.site)
        widget.is_required = field.required
        widget.choices = field.choices
        field.widget = widget

    def _begin_again(self, shown: Mapping[str, Any]) -> None:
        for name, field in self.fields.items():
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if field.has_changed(shown[name], typed):
                self.initial[name] = typed
        self.data, self.is_bound = {}, False

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under headings, in the order in which one thinks of them."""
        parts = (
            (
                _("Who complains"),
                ("customer", "complainant_kind", "proposer_kind", "language", "province", "received_by", "dated_on"),
            ),
            (_("The contract"), ("policy", "claim", "ramo", "product", "distribution")),
            (_("What happened"), ("area", "reason_codes", "reason", "event_on", "follows")),
            (
                _("The intermediary"),
                (
                    *("about_conduct", "agency", "intermediary_row", "intermediary_kind"),
                    *("intermediary_stated", "intermediary_address"),
                ),
            ),
            (
                _("Whether it can be treated, and its value"),
                ("treatable", "not_treatable_cause", "not_treatable_reason", "economic_value", "value_band"),
            ),
        )
        return [(heading, [self[name] for name in names]) for heading, names in parts]

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("follows") and cleaned["follows"].pk == self.instance.pk:
            self.add_error("follows", ValidationError(_("A complaint does not follow itself."), code="itself"))
        if cleaned.get("treatable") is False and not cleaned.get("not_treatable_reason"):
            self.add_error(
                "not_treatable_reason", ValidationError(_("Say why it cannot be treated."), code="no_reason")
            )
        heard = HEARD & set(self.changed_data)
        if heard and self.instance.state == Complaint.State.SUSPENDED:
            self.add_error(min(heard), ValidationError(str(HEARD_STAYS), code="wrong_state"))
        changes = {name: cleaned[name] for name in self.changed_data if name in cleaned}
        if not self.errors:
            self._refuse_what_the_command_refuses(changes)
        return changes

    def _refuse_what_the_command_refuses(self, changes: Mapping[str, Any]) -> None:
        """Ask the command's own checks, which name the field, before it is carried out."""
        try:
            check_classification(self.instance, changes=changes)
        except Refused as refusal:
            field = "follows" if refusal.code == "circle" else refusal.field if refusal.field in self.fields else None
            self.add_error(field, ValidationError(str(refusal), code=refusal.code))
