"""The forms of what to mind with a person."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.care.queries import in_force_of
from customers.models import CareNeed, Customer, User
from customers.models.care import LONGEST_NOTE, LONGEST_REASON
from foundation.dates import written_day
from foundation.form_fields import DateInput, LineField
from foundation.text import CleanedForm

USUAL = timedelta(days=180)  # what the form proposes; the longest is `customers.models.care.LONGEST`


class CareForm(CleanedForm, forms.Form):
    """What to mind, who asked for it, and until when."""

    kind = forms.ChoiceField(
        label=_("What to mind"),
        choices=CareNeed.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to mind from the list.")},
    )
    note = LineField(
        label=_("What helps"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_(
            "In a few words, such as “writes, does not telephone”. Never a diagnosis. Needed for “something else”."
        ),
    )
    until = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        help_text=_("A year at most: it ends by itself, and is asked again if it still helps."),
    )
    stated_by = forms.ChoiceField(
        label=_("Who asked for it"),
        choices=CareNeed.StatedBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who asked for it.")},
    )
    agreed = forms.BooleanField(
        label=_("They were asked, and agreed that this is written down and read by those who answer them"),
        error_messages={
            "required": _("Ask first, and tick this: without their agreement it may not be written down.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"until": timezone.localdate() + USUAL, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class EndCareForm(CleanedForm, forms.Form):
    """Which one ends, and why."""

    need = forms.ModelChoiceField(
        CareNeed.objects.none(),
        label=_("What ends"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose what ends."),
            "invalid_choice": _("This has ended already. Look at the file as it is now."),
        },
    )
    reason = LineField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Such as “the person asked for it” or “no longer needed”."),
    )

    def __init__(self, *args: Any, customer: Customer, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["need"]
        assert isinstance(field, forms.ModelChoiceField), "it is declared so"
        field.queryset = CareNeed.objects.filter(pk__in=[each.pk for each in in_force_of(customer, by)]).order_by("pk")
        field.label_from_instance = _named  # type: ignore[method-assign, assignment]  # as Django documents it
        if len(only := list(field.queryset[:2])) == 1:
            field.initial = only[0].pk


def _named(need: CareNeed) -> str:
    return " · ".join(filter(None, [str(need), need.note, written_day(need.until)]))
