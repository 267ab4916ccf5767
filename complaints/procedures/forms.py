"""Fields and forms that requests and appeals share. They read and check; commands decide."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.by_number import LONGEST, complaint_numbered
from complaints.forms import LONGEST_TEXT, not_after_today
from complaints.models import Complaint, LetterSending, ProcedureFile
from complaints.services.handling import officers
from contact_center.requests.forms import WithFiles
from foundation.form_fields import DateInput


class Day(forms.DateField):
    """A day, with the browser's own calendar."""

    widget = DateInput


class PastDay(Day):
    """A day that is not still to come."""

    def clean(self, value: Any) -> date | None:
        return not_after_today(super().clean(value))


class Text(forms.CharField):
    """Words of several lines."""

    def __init__(self, *, rows: int = 4, most: int = 2_000, **options: Any) -> None:
        super().__init__(max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **options)


class ComplaintField(forms.CharField):
    """A complaint by its number: 2026/17, or “prec. 103” of a past register; None where nothing is written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST, **options)

    def clean(self, value: Any) -> Complaint | None:
        unknown = _("There is no complaint %(value)s in the register: write its number as in 2026/17.")
        return complaint_numbered(super().clean(value), unknown=unknown)


class GiveForm(forms.Form):
    """To which officer it is given."""

    handler = forms.ModelChoiceField(officers(), label=gettext_lazy("Handler"))


class DocumentsForm(WithFiles):
    """Documents as they came in or went out."""

    field_order = ("direction", "files")

    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        choices=ProcedureFile.Direction.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Those that are “sent” go with our letter; they are kept with their checksum."),
    )


class HandingForm(forms.Form):
    """When a person posted the letter, or put it on the portal, and the number that proves it."""

    sent_on = PastDay(label=gettext_lazy("Gone on"))
    post = forms.ChoiceField(
        label=gettext_lazy("How, by post"),
        choices=LetterSending.Post.choices,
        required=False,
        help_text=gettext_lazy("Only for a letter that goes by post."),
    )
    tracking = forms.CharField(
        label=gettext_lazy("Number of the registered letter, or of the portal’s receipt"),
        max_length=60,
        required=False,
    )


class ReasonForm(forms.Form):
    """Why an entry was a mistake."""

    reason = Text(label=gettext_lazy("Why it was a mistake"))


class DraftForm(forms.Form):
    """A text as far as it is written; it may be empty."""

    draft = Text(label=gettext_lazy("Draft"), rows=14, most=LONGEST_TEXT, required=False)
