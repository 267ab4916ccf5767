"""What keeps public forms from machines and from double clicks, without asking anything of anybody else.

A `GuardedForm` carries three fields that people do not see: a key (the same form sent twice is one thing), the signed
moment it was opened (nobody writes in three seconds), and a box that only a machine fills in. `allowed` counts what
comes from one address.

In a view::

    if request.method == "POST" and form.is_valid():
        if form.is_trapped:
            return redirect(...)  # looks like success; nothing is stored
        register(..., submission_key=form.cleaned_data["submission_key"])
"""

import functools
import time
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired, Signer, TimestampSigner, b62_decode
from django.http import HttpRequest
from django.utils.functional import Promise, lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.counting import is_within
from foundation.network_address import address_of
from foundation.text import CleanedForm

SOONEST = timedelta(seconds=3)
LATEST = timedelta(hours=24)


@functools.cache
def _signer() -> TimestampSigner:
    """Made at the first use: a start without a key must come as far as the checks that report it."""
    return TimestampSigner(salt="foundation.form_guard")


def _name(sentence: str | Promise, label: str | Promise) -> str:
    return str(sentence) % {"label": str(label).rstrip(".")}


_named = lazy(_name, str)  # most forms are right: their sentences are never made


def name_what_is_missing(fields: Mapping[str, forms.Field]) -> None:
    """Let the refusal of an empty obligatory field name the field, as the list of all errors above a form needs it."""
    for field in fields.values():
        if not field.required or not field.label:
            continue
        if isinstance(field, forms.BooleanField):
            sentence = _("Tick “%(label)s”.")
        elif isinstance(field, forms.ChoiceField):
            sentence = _("Choose an answer: “%(label)s”.")
        else:
            sentence = _("Fill in “%(label)s”.")
        field.error_messages["required"] = _named(sentence, field.label)


class TrapInput(forms.TextInput):
    """A box out of sight, of the keyboard's way and of screen readers: only a machine fills it in."""

    is_hidden = True  # so that templates draw it without a label of its own

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        attrs = {**(attrs or {}), "tabindex": "-1", "autocomplete": "off"}
        return format_html(
            '<div class="visually-hidden" aria-hidden="true"><label for="{}">{}</label>{}</div>',
            attrs.get("id", ""),
            _("Leave this empty"),
            super().render(name, value, attrs, renderer),
        )


class GuardedForm(CleanedForm, forms.Form):
    """A form of a public page. After `is_valid()`: `cleaned_data["submission_key"]` (a UUID) and `is_trapped`.

    Refused when sent within 3 seconds, or more than 24 hours after it was opened: what was typed remains, and sending
    the page again works.
    """

    submission_key = forms.CharField(required=False, widget=forms.HiddenInput)
    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False, widget=TrapInput, label="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)  # a browser would cut what is pasted without a word
        self._open(uuid.uuid4())

    def full_clean(self) -> None:
        """Check what was sent; what is missing is named."""
        name_what_is_missing(self.fields)
        super().full_clean()

    def _open(self, key: uuid.UUID) -> None:
        """Give the form this key, opened now."""
        stamp = {"submission_key": str(key), "opened": _signer().sign(str(key))}
        for name, value in stamp.items():
            self.fields[name].initial = value
        if self.is_bound and getattr(self, "cleaned_data", None) is not None:
            assert isinstance(self.data, dict), "a QueryDict, or what a program gives in its place"
            data = self.data.copy()
            data.update({self.add_prefix(name): value for name, value in stamp.items()})
            self.data = data

    @property
    def is_trapped(self) -> bool:
        """Whether a machine filled in what people do not see."""
        return bool(self.cleaned_data.get("website"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        stated = cleaned.get("submission_key", "")
        opened = cleaned.get("opened", "")
        try:
            key = uuid.UUID(_signer().unsign(opened))
            if str(key) != stated:
                raise BadSignature
        except (BadSignature, ValueError):
            self._open(uuid.uuid4())
            raise ValidationError(
                _("This page was not complete. What you wrote is still here: please send it again."),
                code="form_not_ours",
            ) from None
        try:
            _signer().unsign(opened, max_age=LATEST)
        except SignatureExpired:
            self._open(key)
            raise ValidationError(
                _("This page was opened more than a day ago. What you wrote is still here: please send it again."),
                code="form_too_old",
            ) from None
        if 0 <= _seconds_since(opened) < SOONEST.total_seconds():
            raise ValidationError(
                _("That was very fast. Please read what you wrote once more, then send it again."),
                code="form_too_fast",
            )
        cleaned["submission_key"] = key
        return cleaned


def _seconds_since(opened: str) -> int:
    """Whole seconds since the signed moment: below zero when it was signed by a host whose clock is ahead of ours.

    Only we sign, so such a page is a person's: the clock is to blame, and `/readyz` names it.
    """
    return int(time.time()) - b62_decode(Signer.unsign(_signer(), opened).rpartition(":")[2])


# --- How much comes from one address ------------------------------------------------------------------------------
def allowed(request: HttpRequest, scope: str, limit: int, seconds: int) -> bool:
    """Count one more attempt from the visitor's address; returns whether there were at most `limit` in `seconds`.

    The seconds run from the first attempt.
    """
    return is_within(f"form_guard:{scope}:{address_of(request)}", limit, seconds)
