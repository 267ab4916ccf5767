"""The forms of texts: writing one, saying why, approving."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.dates import ROME
from foundation.form_fields import LineField, TextField
from foundation.text import CleanedForm
from notifications.kinds import NoticeKind
from notifications.texts.checking import problems_of
from notifications.texts.first_version import Source
from notifications.texts.mediums import Medium, is_sms

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
MOST_TYPED = 20_000  # beyond that nothing is looked at; how long a text may be is said with what else is wrong


class TextForm(CleanedForm, forms.Form):
    """A text: the line of subject, where it has one, the body, what changes, and from when until when it counts."""

    subject = LineField(label=gettext_lazy("Subject"), max_length=500)
    body = TextField(label=gettext_lazy("Text"), most=MOST_TYPED, rows=22, strip=False)
    change_note = LineField(
        label=gettext_lazy("What changes, and why"),
        max_length=500,
        help_text=gettext_lazy("Whoever approves reads it, and whoever looks for the reason later"),
    )
    wanted_from = forms.DateTimeField(
        label=gettext_lazy("To count from"),
        required=False,
        widget=MOMENT,
        help_text=gettext_lazy("By the clock of Rome. Empty: from the approval on"),
    )
    valid_until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=MOMENT,
        help_text=gettext_lazy(
            "For a text that lasts some weeks: then the one before it counts again. Empty: until a later one"
        ),
    )

    def __init__(self, *args: Any, kind: NoticeKind, medium: str, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.medium, self.language = kind, medium, language
        if medium == Medium.SHORT:
            del self.fields["subject"]
        if is_sms(kind, medium):
            self.fields["body"].widget.attrs["rows"] = 8

    def clean(self) -> dict[str, Any]:
        """Refuse everything that is wrong with the text, each thing beside its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("wanted_from"), cleaned.get("valid_until")
        if last is not None and last <= max(first or timezone.now(), timezone.now()):
            self.add_error("valid_until", ValidationError(_("It would end before it begins."), code="order"))
        if not self.errors.keys() & {"subject", "body"}:
            on = timezone.localdate(first or timezone.now(), ROME)
            found = problems_of(self.kind, self.source(), medium=self.medium, language=self.language, on=on)
            for name, problems in found.items():
                for problem in problems:
                    self.add_error(name, ValidationError(str(problem), code="not_allowed"))
        return cleaned

    def source(self) -> Source:
        """The text as it was typed."""
        return Source(self.cleaned_data.get("subject", ""), as_lines(self.cleaned_data.get("body", "")))

    def facts(self) -> dict[str, Any]:
        """What was said, as the columns of a text."""
        source = self.source()
        given: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("change_note", "wanted_from", "valid_until")
        }
        return given | {"subject": source.subject, "body": source.body}


def as_lines(body: str) -> str:
    """A body as it is kept: lines end alike, and nothing is empty before or behind."""
    return body.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n" if body.strip() else ""


def in_field(moment: datetime | None) -> datetime | None:
    """A moment as a field shows it: by the clock of Rome."""
    return timezone.localtime(moment, ROME) if moment else None


class WhyForm(CleanedForm, forms.Form):
    """Why; whoever wrote the text reads it."""

    words = TextField(label=gettext_lazy("Why"), most=1_000, rows=4)


class ApproveForm(forms.Form):
    """Approval, with a word about the other language where it was not written along."""

    other_stays = forms.BooleanField(required=False)

    def __init__(self, *args: Any, other: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if other is None:
            del self.fields["other_stays"]
        else:
            self.fields["other_stays"].label = other
