"""The form of a score, made of the criteria of a quality form; that of an answer; that of a period."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact_center.models import QualityCriterion, QualityMark
from contact_center.quality.commands import LONGEST
from foundation.text import CleanedForm

NOT_APPLICABLE = "na"
YES_NO = (("4", _("yes")), ("0", _("no")))
POINTS = (
    ("4", _("4: very good")),
    ("3", _("3: good")),
    ("2", _("2: enough")),
    ("1", _("1: not enough")),
    ("0", _("0: missing")),
)


def text_field(label: Any, rows: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    """A text of at most LONGEST characters."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=LONGEST, widget=area, help_text=help_text)


class ScoreForm(CleanedForm, forms.Form):
    """A choice and a comment for every criterion, then a comment on the whole. The fields are those of the quality form."""

    def __init__(
        self, *args: Any, criteria: Sequence[QualityCriterion], marks: Sequence[QualityMark] = (), **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        known = {mark.criterion_id: mark for mark in marks}
        for each in criteria:
            mark = known.get(each.pk)
            choices = [*(YES_NO if each.scale == QualityCriterion.Scale.YES_NO else POINTS)]
            if each.may_not_apply:
                choices.append((NOT_APPLICABLE, _("does not apply")))
            name = str(each)
            if each.is_critical:
                name = gettext("%(name)s (critical)") % {"name": name}
            initial = None if mark is None else NOT_APPLICABLE if mark.points is None else str(mark.points)
            self.fields[f"points_{each.pk}"] = forms.ChoiceField(
                label=name, choices=choices, widget=forms.RadioSelect, initial=initial
            )
            words = text_field(_("Comment"), 2)
            words.initial = mark.comment if mark is not None else ""
            self.fields[f"comment_{each.pk}"] = words
        self.fields["comment"] = text_field(
            _("Comment on the whole"),
            4,
            help_text=_("The agent reads it. Write nothing about the customer: the conversation says it."),
        )
        self.fields["seen_version"] = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    @property
    def points(self) -> dict[int, int | None]:
        """The points by criterion; None where it does not apply."""
        chosen = {each.pk: self.cleaned_data[f"points_{each.pk}"] for each in self.criteria}
        return {pk: None if value == NOT_APPLICABLE else int(value) for pk, value in chosen.items()}

    @property
    def comments(self) -> dict[int, str]:
        """The comments by criterion."""
        return {each.pk: self.cleaned_data[f"comment_{each.pk}"] for each in self.criteria}


class AnswerForm(CleanedForm, forms.Form):
    """What is answered to a score."""

    text = text_field(_("Your answer"), 4, required=True, help_text=_("The reviewers of your team and you read it."))
