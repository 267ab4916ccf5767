"""Forms about opinions: the public one, the customer's own, and those of the commands of the back office."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.feedback.rules import LONGEST_FEEDBACK
from complaints.models import Feedback, FeedbackTheme
from complaints.models.feedback import CHOSEN_OUTCOMES
from customers.validators import normalise_email
from foundation.form_fields import DateInput, NormalisedField, TextField
from foundation.form_guard import GuardedForm
from foundation.text import CleanedForm

LONGEST_ANSWER = 4_000

STARS = [
    ("5", gettext_lazy("5 – very satisfied")),
    ("4", "4"),
    ("3", "3"),
    ("2", "2"),
    ("1", gettext_lazy("1 – not at all satisfied")),
]


class OpinionFields(CleanedForm, forms.Form):
    """What somebody thinks, on a page or by a program."""

    rating = forms.TypedChoiceField(
        choices=STARS,
        coerce=int,
        widget=forms.RadioSelect,
        label=gettext_lazy("How satisfied are you?"),
    )
    text = TextField(
        most=LONGEST_FEEDBACK,
        rows=5,
        required=False,
        label=gettext_lazy("Would you like to tell us why?"),
        help_text=gettext_lazy("Up to 2,000 characters. Please write no data of your health or of your payments."),
    )


class SiteOpinionFields(OpinionFields):
    """The same on the site, where nobody has signed in."""

    email = NormalisedField(
        normalise_email,
        required=False,
        max_length=254,
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("Only if you want to hear from us."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def opinion(self) -> dict[str, Any]:
        """What the command is given."""
        given = self.cleaned_data
        return {"rating": given["rating"], "text": given["text"], "address": given["email"]}


class SiteOpinionForm(SiteOpinionFields, GuardedForm):
    """An opinion on its public page."""


class OwnOpinionForm(OpinionFields, GuardedForm):
    """A customer's opinion in the reserved area."""

    def opinion(self) -> dict[str, Any]:
        """What the command is given."""
        return {"rating": self.cleaned_data["rating"], "text": self.cleaned_data["text"]}


# --- The back office ------------------------------------------------------------------------------------------------
class ThemeForm(forms.Form):
    """The theme of an opinion, of those in force today; the one it has is kept among them."""

    theme = forms.ModelChoiceField(
        FeedbackTheme.objects.none(), label=gettext_lazy("Theme"), required=False, empty_label=gettext_lazy("none yet")
    )

    def __init__(self, *args: Any, feedback: Feedback, suggested: FeedbackTheme | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        themes = FeedbackTheme.objects.valid_on(timezone.localdate())
        if feedback.theme_id:
            themes = themes | FeedbackTheme.objects.filter(pk=feedback.theme_id)
        field = self.fields["theme"]
        assert isinstance(field, forms.ModelChoiceField), "declared above"
        field.queryset = themes
        field.initial = feedback.theme_id or (suggested.pk if suggested else None)


class AnswerForm(forms.Form):
    """The answer to an opinion; of a review at a store also the day on which it was posted there."""

    text = TextField(most=LONGEST_ANSWER, rows=8, label=gettext_lazy("Answer"))
    posted_on = forms.DateField(
        label=gettext_lazy("Posted at the store on"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Leave it empty until the answer stands at the store."),
    )

    def __init__(self, *args: Any, feedback: Feedback, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not feedback.is_at_a_store:
            del self.fields["posted_on"]


class PostedForm(forms.Form):
    """The day on which the answer was posted at the store."""

    posted_on = forms.DateField(label=gettext_lazy("Posted at the store on"), widget=DateInput())


class CloseForm(forms.Form):
    """What came of it."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it"), choices=[(each.value, each.label) for each in CHOSEN_OUTCOMES]
    )
    words = TextField(
        most=1_000,
        rows=4,
        required=False,
        label=gettext_lazy("In a few words"),
        help_text=gettext_lazy(
            "Such as what was changed, in which version, or who was asked. Needed unless it cannot be interpreted."
        ),
    )


class FiguresForm(forms.Form):
    """From which day to which, and of which source."""

    first = forms.DateField(label=gettext_lazy("From"), widget=DateInput())
    last = forms.DateField(label=gettext_lazy("Until"), widget=DateInput())
    source = forms.ChoiceField(
        label=gettext_lazy("Source"),
        required=False,
        choices=[("", gettext_lazy("all")), *Feedback.Source.choices],
    )

    LONGEST = 3_653  # days

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last:
            if last < first:
                self.add_error("last", _("The period ends before it begins."))
            elif (last - first).days >= self.LONGEST:
                self.add_error("last", _("Ten years at most."))
            elif first > timezone.localdate():
                self.add_error("first", ValidationError(_("This day has not come yet."), code="in_the_future"))
        return cleaned
