"""The forms of the desk: how a call ended, and handing it on."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.models import Contact, Team, Topic, WrapUpCode
from customers.text import CleanedForm

LONGEST_NOTE = 4_000


class TopicsByArea(forms.ModelChoiceField):
    """The topics valid today, in groups by area."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Topic.objects.none(), empty_label=_("Choose a topic"), **kwargs)

    def fill(self) -> None:
        """Read the topics of today."""
        self.queryset = Topic.objects.valid_on(timezone.localdate())
        groups: dict[str, list[tuple[int, str]]] = {}
        for topic in self.queryset:
            groups.setdefault(topic.get_area_display(), []).append((topic.pk, topic.name))
        self.choices = [("", self.empty_label), *sorted(groups.items())]


class CodeForm(CleanedForm, forms.Form):
    """How the call ended. The codes are those of its line, each with its key."""

    code = forms.ModelChoiceField(WrapUpCode.objects.none(), label=_("What came of it"), empty_label=None)
    topic = TopicsByArea(label=_("Topic"), required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For colleagues; the customer never sees it."),
    )
    invite = forms.BooleanField(label=_("Send the form's address by e-mail"), required=False, initial=True)

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = WrapUpCode.objects.valid_on(timezone.localdate())
        here = codes.filter(lines__isnull=True) | codes.filter(lines=contact.line_id)
        self.fields["code"].queryset = here.distinct()
        self.fields["topic"].fill()

    def clean(self) -> dict[str, Any]:
        """A code that needs a topic is not taken without one."""
        cleaned = super().clean()
        code = cleaned.get("code")
        if code is not None and code.needs_topic and not cleaned.get("topic") and "topic" not in self.errors:
            self.add_error("topic", _("Choose what it was about."))
        return cleaned


class PassOnForm(CleanedForm, forms.Form):
    """To whom, and why the first level could not resolve it."""

    team = forms.ModelChoiceField(
        Team.objects.filter(level=2, is_active=True), label=_("Team"), empty_label=_("Choose a team")
    )
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[("", _("Choose the reason"))]
        + [each for each in Contact.Escalation.choices if each[0] not in ("", Contact.Escalation.NOT_STATED)],
    )
    topic = TopicsByArea(label=_("Topic"), required=False)
    text = forms.CharField(
        label=_("What they need to know"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].fill()
