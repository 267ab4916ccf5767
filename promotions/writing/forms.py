"""Forms of the commands about promotions. They read and check; commands decide."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import rami
from customers.models import Agency
from customers.provinces import province
from foundation.dates import ROME
from foundation.form_fields import DateInput, LineField, TextField
from foundation.text import CleanedForm
from notifications.channels import Channel
from promotions.models import ContactPause, Promotion
from promotions.models.promotion import CHANNELS, LEAST_CAP_DAYS, LONGEST_SMS, MOST_HOLDOUT
from promotions.sending.hours import CLOSES, OPENS

LINES = [(code, f"{code} – {label}") for code, label in rami.CHOICES]
WHOLE = "whole"  # the value of "all agencies" where an agency is chosen


class LinesField(forms.MultipleChoiceField):
    """Some lines of business."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=LINES, required=False, widget=forms.SelectMultiple(attrs={"size": 6}), **options)


class PromotionForm(CleanedForm, forms.Form):
    """All that a writer says of a promotion; the audience is counted from it on its page."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("For the people who work on it; customers never read it."),
    )
    agency = forms.ChoiceField(label=gettext_lazy("Agency"))
    controller = forms.ChoiceField(
        label=gettext_lazy("Controller of the data"),
        choices=Promotion.Controller.choices,
        help_text=gettext_lazy(
            "It is named in every message. An agency needs the consent to its own promotions, the company the one to its offers."
        ),
    )
    ramo = forms.ChoiceField(label=gettext_lazy("Line of the product offered"), choices=LINES)
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Channels"),
        choices=[(each.value, each.label) for each in CHANNELS],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Each person gets one message, by the first of these that they allow and that reaches them."
        ),
    )
    subject = LineField(label=gettext_lazy("Subject"), max_length=150)
    text = TextField(
        label=gettext_lazy("Text"),
        most=6_000,
        help_text=gettext_lazy(
            "The greeting, the sender, the controller, why the person gets it and how to stop it are added by themselves."
        ),
    )
    sms_text = LineField(
        label=gettext_lazy("Text of the SMS"),
        max_length=LONGEST_SMS,
        required=False,
        help_text=gettext_lazy("Sender and link are added by themselves."),
    )
    by_similarity = forms.BooleanField(
        label=gettext_lazy("Also without a consent, to holders of similar products"),
        required=False,
        help_text=gettext_lazy("Only the company, only by e-mail: art. 130(4) of the privacy code."),
    )
    by_profile = forms.BooleanField(
        label=gettext_lazy("Chosen by profile"),
        required=False,
        help_text=gettext_lazy(
            "Only to people who consented to offers chosen by profile. Obligatory for health products and years without a claim."
        ),
    )
    holds_lines = LinesField(label=gettext_lazy("Holds one of"))
    lacks_lines = LinesField(label=gettext_lazy("Holds none of"))
    least_age = forms.IntegerField(label=gettext_lazy("Age from"), min_value=18, max_value=120, required=False)
    most_age = forms.IntegerField(label=gettext_lazy("Age to"), min_value=18, max_value=120, required=False)
    provinces = LineField(
        label=gettext_lazy("Provinces"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Codes, such as MI, CO, LC."),
    )
    expires_from = forms.DateField(label=gettext_lazy("A policy expires from"), required=False, widget=DateInput)
    expires_until = forms.DateField(label=gettext_lazy("A policy expires until"), required=False, widget=DateInput)
    least_years = forms.IntegerField(
        label=gettext_lazy("Years as a customer, at least"), min_value=0, max_value=80, required=False
    )
    claim_free_years = forms.IntegerField(
        label=gettext_lazy("Years without a claim, at least"), min_value=1, max_value=30, required=False
    )
    cap_days = forms.IntegerField(
        label=gettext_lazy("Days without another promotion"),
        min_value=LEAST_CAP_DAYS,
        max_value=365,
        initial=30,
        help_text=gettext_lazy(
            "Whoever was written to within these days, by any agency or the company, is passed over."
        ),
    )
    holdout_percent = forms.IntegerField(
        label=gettext_lazy("Held out (%)"),
        min_value=0,
        max_value=MOST_HOLDOUT,
        initial=10,
        help_text=gettext_lazy("Drawn by lot and not written to, to see what the promotion changes."),
    )

    def __init__(self, *args: Any, agencies: list[Agency], may_whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {str(each.pk): each for each in agencies}
        choices = [(pk, str(each)) for pk, each in self.agencies.items()]
        if may_whole:
            choices.insert(0, (WHOLE, _("The company itself, over all agencies")))
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under headings, in the order in which a writer thinks of them."""
        parts = (
            (_("Who offers what"), ("name", "agency", "controller", "ramo")),
            (_("The message"), ("channels", "subject", "text", "sms_text")),
            (
                _("Whom it is meant for"),
                (
                    *(
                        "holds_lines",
                        "lacks_lines",
                        "least_age",
                        "most_age",
                        "provinces",
                        "expires_from",
                        "expires_until",
                    ),
                    *("least_years", "claim_free_years"),
                ),
            ),
            (_("Consents and limits"), ("by_profile", "by_similarity", "cap_days", "holdout_percent")),
        )
        return [(heading, [self[name] for name in names]) for heading, names in parts]

    def clean_provinces(self) -> list[str]:
        """The codes, each known today."""
        codes = [each.upper() for each in self.cleaned_data["provinces"].replace(",", " ").split()]
        for code in codes:
            province(code, timezone.localdate())
        return codes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for first, last, words in (
            ("least_age", "most_age", _("This age is below the other.")),
            ("expires_from", "expires_until", _("This day is before the other.")),
        ):
            low, high = cleaned.get(first), cleaned.get(last)
            if low is not None and high is not None and high < low:
                self.add_error(last, ValidationError(words, code="order"))
        if (cleaned.get("expires_from") is None) != (cleaned.get("expires_until") is None):
            self.add_error("expires_until", ValidationError(_("Give both days, or none."), code="one_day"))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What was said, as the columns of a promotion."""
        given = dict(self.cleaned_data)
        given["agency"] = self.agencies.get(given["agency"])
        given["channels"] = [str(each) for each in CHANNELS if each in given["channels"]]
        if Channel.SMS not in given["channels"]:
            given["sms_text"] = ""
        return given


def initial_of(promotion: Promotion) -> dict[str, Any]:
    """A draft as its form shows it."""
    names = [name for name in PromotionForm.base_fields if name not in ("agency", "provinces")]
    shown = {name: getattr(promotion, name) for name in names}
    return shown | {"agency": str(promotion.agency_id or WHOLE), "provinces": ", ".join(promotion.provinces)}


class WordsForm(CleanedForm, forms.Form):
    """Why."""

    words = TextField(label=gettext_lazy("Why"), most=1_000, rows=4)


class ScheduleForm(CleanedForm, forms.Form):
    """From which morning, and until which evening."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=DateInput)
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=DateInput,
        help_text=gettext_lazy("Whoever was not written to by its evening is not written to at all."),
    )

    def clean_last(self) -> date:
        """Not past, and not before the first."""
        last: date = self.cleaned_data["last"]
        if last < max(timezone.localdate(), self.cleaned_data.get("first") or last):
            raise ValidationError(_("The last day is before the first, or past."), code="order")
        return last

    def moments(self) -> tuple[datetime, datetime]:
        """The first and the last moment."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return datetime.combine(first, OPENS, ROME), datetime.combine(last, CLOSES, ROME)

    @staticmethod
    def usual() -> dict[str, date]:
        """From tomorrow on, for a fortnight."""
        tomorrow = timezone.localdate() + timedelta(days=1)
        return {"first": tomorrow, "last": tomorrow + timedelta(days=14)}


class PauseForm(CleanedForm, forms.Form):
    """Why a person is to be left alone, and until when."""

    ground = forms.ChoiceField(label=gettext_lazy("Because of"), choices=ContactPause.Ground.choices)
    until = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput)

    def clean_until(self) -> date:
        """Ahead of us, and not for ever: whoever wants none at all withdraws the consent."""
        until: date = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today <= until <= today + timedelta(days=731):
            raise ValidationError(_("Give a day within the next two years."), code="far")
        return until
