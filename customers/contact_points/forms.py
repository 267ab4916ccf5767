"""The forms by which a colleague changes a customer's data: what is changed, which one, and why."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.contact_points.commands import HOME, home_of
from customers.contact_points.queries import to_know_before_removing
from customers.contact_points.rules import SEEN_LENGTH, reasons_at_desk, seen_of, why_not_reason
from customers.models import ContactPoint, Customer
from customers.models.customer import ContactPointKind
from customers.operations.forms import AddressFacts
from customers.validators import normalise_email, normalise_phone
from foundation.form_fields import LineField
from foundation.text import CleanedForm

CHOSEN = re.compile(rf"([0-9]{{1,18}})-([0-9a-f]{{{SEEN_LENGTH}}})")
MOST_WORDS = 300


@dataclass(frozen=True)
class Chosen:
    """The contact point that somebody chose on a page: its id, and how the page showed it."""

    pk: int
    seen: str


class WhyForm(CleanedForm, forms.Form):
    """Why it is changed, and the key by which a page that is sent twice is carried out once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=reasons_at_desk,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason from the list.")},
    )
    words = LineField(
        label=gettext_lazy("In words"),
        max_length=MOST_WORDS,
        required=False,
        help_text=gettext_lazy("Needed where an error of ours is corrected: say which."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        last = ("reason", "words", "sure")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if lacking := why_not_reason(given.get("reason", ""), given.get("words", "")):
            self.add_error("words", ValidationError(lacking, code="no_reason"))
        return given


def in_stored_form(kind: str, text: str) -> str:
    """The number or address as it is stored; ValidationError says how to write it."""
    return normalise_phone(text) if kind == ContactPointKind.PHONE else normalise_email(text)


class PointField(forms.ChoiceField):
    """One of the customer's contact points; whether it is still as the page showed it is the command's affair."""

    widget = forms.RadioSelect

    def __init__(self, points: Iterable[ContactPoint] = (), **options: Any) -> None:
        options.setdefault("error_messages", {"required": _("Choose one of the list.")})
        choices = [
            (f"{each.pk}-{seen_of(each.value, each.verified_at)}", f"{each} · {each.get_kind_display()}")
            for each in points
        ]
        super().__init__(choices=choices, **options)

    def validate(self, value: Any) -> None:
        """Refuse what no page of ours sends."""
        if not value or not CHOSEN.fullmatch(str(value)):
            raise ValidationError(self.error_messages["required"], code="required")

    def clean(self, value: Any) -> Chosen:
        """The id, and how the page showed it."""
        found = CHOSEN.fullmatch(super().clean(value))
        assert found is not None, "`validate` has looked"
        return Chosen(int(found[1]), found[2])


class _OfPoints(forms.Form):
    """Which of `points`; `chosen` is the id of the one that the link was beside."""

    def __init__(self, *args: Any, points: list[ContactPoint], chosen: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = PointField(points, label=_("Which one"))
        wanted = [each for each in points if each.pk == chosen] or (points if len(points) == 1 else [])
        if wanted:
            field.initial = f"{wanted[0].pk}-{seen_of(wanted[0].value, wanted[0].verified_at)}"
        self.fields["point"] = field
        self.points = {each.pk: each for each in points}
        self.order_fields(["key", "point", *(name for name in self.fields if name not in ("key", "point"))])


class AddForm(WhyForm):
    """A further number or address."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=ContactPointKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what it is.")},
    )
    value = LineField(
        label=gettext_lazy("Number or address"),
        max_length=254,
        help_text=gettext_lazy(
            "Read it back to the customer. A telephone is taken in any form: 333 1234567, +44 20 …"
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        _normalise(self, given.get("kind"))
        return given


class CorrectForm(_OfPoints, WhyForm):
    """Another in the place of one."""

    value = LineField(
        label=gettext_lazy("The new number or address"),
        max_length=254,
        help_text=gettext_lazy("Read it back to the customer. It counts as stated until they answer from it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        point = self.points.get(given["point"].pk) if "point" in given else None
        _normalise(self, point.kind if point is not None else None)
        return given


def _normalise(form: WhyForm, kind: str | None) -> None:
    """The value in its stored form, by its kind; what is wrong with it is written beside it."""
    text = form.cleaned_data.get("value")
    if not text or not kind:
        return
    try:
        form.cleaned_data["value"] = in_stored_form(kind, text)
    except ValidationError as error:
        form.add_error("value", error)


class RemoveForm(_OfPoints, WhyForm):
    """Which one is used no more."""

    sure = forms.BooleanField(
        label=gettext_lazy("Remove it all the same"),
        required=False,
        help_text=gettext_lazy("Only where the page has warned you of what depends on it."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        point = self.points.get(given["point"].pk) if "point" in given else None
        if point is not None and not given.get("sure") and (known := to_know_before_removing(point)):
            self.add_error("sure", ValidationError([*known, _("Tick this if it is to be removed all the same.")]))
        return given


class SendCodeForm(_OfPoints, CleanedForm, forms.Form):
    """Which one is to be verified."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid.uuid4()}
        super().__init__(*args, **kwargs)


class CodeForm(CleanedForm, forms.Form):
    """The code as the customer reads it."""

    code = LineField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("The six digits, as the customer reads them to you."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class HomeForm(WhyForm, AddressFacts):
    """The postal address, beginning with the one of now."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": home_of(customer), **{name: getattr(customer, name) for name in HOME}}
        super().__init__(*args, **kwargs)


class LanguageForm(WhyForm):
    """Which language we write in."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=Customer._meta.get_field("language").flatchoices,
        widget=forms.RadioSelect,
    )
