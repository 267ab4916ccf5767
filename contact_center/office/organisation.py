"""The back office of lines, agents and skills: who serves which line, knows what, speaks what and carries how much."""

import re
from datetime import date
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from contact_center.models import Agent, Language, LineTarget, Skill, TollFreeLine, Topic
from contact_center.office.service import RowsOfCalendar
from foundation.dates import written_day
from foundation.office.base import OfficeAdmin
from foundation.requests import StaffRequest

_BETWEEN_DIGITS = re.compile(r"[\s./()-]")
_TOLL_FREE = re.compile(r"(?:\+39|0039)?(?P<national>80[03][0-9]{3,8})", re.ASCII)


class LineForm(forms.ModelForm):
    """A line whose number is free to the caller, in whatever way it is written."""

    class Meta:
        model = TollFreeLine
        fields = ("number",)
        error_messages = {"number": {"unique": _("Another line has this number: write the number of the new one.")}}

    def clean_number(self) -> str:
        found = _TOLL_FREE.fullmatch(_BETWEEN_DIGITS.sub("", self.cleaned_data["number"]))
        if found is None:
            raise ValidationError(
                _("This is not a toll-free number: it begins with 800 or 803, such as 800 016 611."),
                code="not_toll_free",
            )
        return f"+39{found['national']}"


class TargetFormSet(BaseInlineFormSet):
    """Refuses two targets of a line on the same day: one begins on a day, and the one before ends on the day before it."""

    def clean(self) -> None:
        super().clean()
        windows = sorted(
            (given.get("valid_from") or date.min, given.get("valid_to") or date.max)
            for given in (form.cleaned_data for form in self.forms if form.is_valid())
            if given.get("seconds") and not given.get("DELETE")
        )
        for (_begins, ends), (begins, _ends) in pairwise(windows):
            if begins == date.min:
                raise ValidationError(
                    _("Two targets hold from the beginning: write from when the later one is valid."), code="overlap"
                )
            if begins <= ends:
                raise ValidationError(
                    _("Two targets hold on %(day)s: write until when the earlier one is valid."),
                    params={"day": written_day(begins, "il")},
                    code="overlap",
                )


class LineTargetRows(RowsOfCalendar):
    """The service level wanted of the line. A row more on a new day; the earlier one ends, and stands for the days before."""

    model = LineTarget
    formset = TargetFormSet
    fields = ("share", "seconds", "valid_from", "valid_to")
    ordering = ("-valid_from",)
    kept_by = "contact_center.change_tollfreeline"
    seen_by = "contact_center.view_tollfreeline"


class AgentForm(forms.ModelForm):
    """An agent with the lines they serve, their skills and their languages, each with its box."""

    served_lines = forms.ModelMultipleChoiceField(
        TollFreeLine.objects.all(),
        label=_("lines"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None: all lines"),
    )
    held_skills = forms.ModelMultipleChoiceField(
        Skill.objects.all(), label=_("skills"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    languages = forms.MultipleChoiceField(
        label=_("languages"),
        choices=Language.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None: contacts in any language"),
    )

    class Meta:
        model = Agent
        fields = ("languages",)
        error_messages = {
            "capacity": {
                "min_value": _("An agent carries one contact at least: leave it empty where there is no limit.")
            }
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("served_lines", "held_skills", "languages"):
            if name in self.fields:
                self.fields[name].label = capfirst(str(self.fields[name].label))
        agent = self.instance if self.instance.pk else None
        if "served_lines" in self.fields:
            self.fields["served_lines"].initial = list(agent.lines.values_list("pk", flat=True)) if agent else []
        if "held_skills" in self.fields:
            in_use = Q(pk__in=Skill.objects.valid_on(timezone.localdate()))
            theirs = list(agent.skills.values_list("pk", flat=True)) if agent else []
            self.fields["held_skills"].queryset = Skill.objects.filter(in_use | Q(pk__in=theirs))  # type: ignore[attr-defined]
            self.fields["held_skills"].initial = theirs

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # Django's, which the stubs do not know
        if "served_lines" in self.cleaned_data:
            self.instance.lines.set(self.cleaned_data["served_lines"])
            self.instance.skills.set(self.cleaned_data["held_skills"])


class SkillForm(forms.ModelForm):
    """A skill that does not end while something asks for it: nobody would be given that work any more."""

    class Meta:
        model = Skill
        fields = ("code", "name", "name_en", "position", "valid_from", "valid_to")

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.instance.pk and self.cleaned_data.get("valid_to"):
            topics = Topic.objects.valid_on(timezone.localdate()).filter(needs_skill=self.instance)
            lines = TollFreeLine.objects.filter(is_active=True, needs_skill=self.instance)
            asking = [str(each) for each in (*lines, *topics)]
            if asking:
                self.add_error(
                    "valid_to",
                    ValidationError(
                        _("The skill is still asked for: take it off first from %(names)s."),
                        params={"names": ", ".join(asking)},
                        code="still_needed",
                    ),
                )
        return self.cleaned_data


@admin.register(Skill)
class SkillAdmin(OfficeAdmin[Skill]):
    """What some work asks a person to know. A skill is not deleted but ends on a day."""

    form = SkillForm
    list_display = ("shown_name", "code", "position", "valid_from", "valid_to")
    ordering = ("position", "code")
    search_help_text = _("Name or code")
    addable = True
    editable = ("code", "name", "name_en", "position", "valid_from", "valid_to")
    fieldsets = ((None, {"fields": [("name", "name_en"), ("code", "position"), ("valid_from", "valid_to")]}),)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))


def with_skills(page: OfficeAdmin, db_field: Any, request: StaffRequest, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a form's field; of the skill that a topic or a line asks for, with those in use and the one it has."""
    if db_field.name != "needs_skill":
        return arguments
    match = request.resolver_match
    row = page.model._default_manager.filter(pk=(match.kwargs if match else {}).get("object_id")).first()
    theirs = Q(pk=row.needs_skill_id) if row is not None else Q(pk__in=[])
    return {
        **arguments,
        "queryset": Skill.objects.filter(Q(pk__in=Skill.objects.valid_on(timezone.localdate())) | theirs),
    }
