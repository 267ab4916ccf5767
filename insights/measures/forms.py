"""The forms of measures."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from contact_center.models import Team, TollFreeLine, Topic
from customers.models import User
from foundation.form_fields import DayField, LineField, TextField
from insights.models import Measure, MeasureGroup
from insights.models.measure import FEWEST_WEEKS, MOST_WEEKS

from .commands import Chosen, Plan

MOST_WORDS = 4_000
KINDS: dict[str, type[Model]] = {"topic": Topic, "team": Team, "line": TollFreeLine}
NAMES = {"topic": _("topic"), "team": _("team"), "line": _("line")}


def owners() -> Any:
    """People who may work on measures: those whose role lets them."""
    return User.objects.filter(
        is_active=True,
        groups__permissions__content_type__app_label="insights",
        groups__permissions__codename="change_measure",
    ).distinct()


def _offer(field: forms.Field, rows: Any) -> None:
    assert isinstance(field, forms.ModelChoiceField), "as declared"
    field.queryset = rows


class MeasureForm(forms.Form):
    """All that is written of a measure."""

    title = LineField(label=_("What is done"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Measure.Kind.choices)
    words = TextField(label=_("How"), most=MOST_WORDS, rows=4, required=False)
    starts_on = DayField(label=_("In force from"))
    weeks = forms.IntegerField(
        label=_("Weeks observed"),
        min_value=FEWEST_WEEKS,
        max_value=MOST_WEEKS,
        initial=8,
        help_text=_("As many before it and after it are compared"),
    )
    expected_points = forms.DecimalField(
        label=_("Expected effect (points)"),
        min_value=-100,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        localize=True,
    )
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none())
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics that it concerns"),
        queryset=Topic.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    teams = forms.ModelMultipleChoiceField(
        label=_("Or teams"),
        queryset=Team.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lines = forms.ModelMultipleChoiceField(
        label=_("Only on these lines"),
        queryset=TollFreeLine.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all. Lines alone, without topics or teams: the lines themselves are compared."),
    )
    left_out = forms.MultipleChoiceField(
        label=_("Not to be compared with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "It is compared with all others of the same kind that no measure concerns in these weeks. Leave out what differs for"
            " another reason."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.all: dict[str, list[Any]] = {kind: list(model._default_manager.all()) for kind, model in KINDS.items()}
        for kind, model in KINDS.items():
            _offer(self.fields[f"{kind}s"], model._default_manager.all())
        _offer(self.fields["owner"], owners())
        left_out = self.fields["left_out"]
        assert isinstance(left_out, forms.MultipleChoiceField), "as declared"
        left_out.choices = [
            (f"{kind}:{one.code}", f"{NAMES[kind]}: {one}") for kind, rows in self.all.items() for one in rows
        ]

    @property
    def plan(self) -> Plan:
        """What a valid form asks for."""
        found = self.cleaned_data
        out: dict[str, list[Any]] = {"topic": [], "team": [], "line": []}
        chosen = set(found["left_out"])
        for kind, rows in self.all.items():
            out[kind] = [one for one in rows if f"{kind}:{one.code}" in chosen]
        return Plan(
            title=found["title"],
            kind=found["kind"],
            words=found["words"],
            starts_on=found["starts_on"],
            weeks=found["weeks"],
            expected_points=found["expected_points"],
            owner=found["owner"],
            touched=Chosen(tuple(found["topics"]), tuple(found["teams"]), tuple(found["lines"])),
            left_out=Chosen(tuple(out["topic"]), tuple(out["team"]), tuple(out["line"])),
        )


def written(measure: Measure) -> dict[str, Any]:
    """What the form shows of a measure that is there."""
    found: dict[str, Any] = {
        name: getattr(measure, name)
        for name in ("title", "kind", "words", "starts_on", "weeks", "expected_points", "owner", "version")
    }
    found |= {"topics": [], "teams": [], "lines": [], "left_out": []}
    for row in measure.groups.select_related("topic", "team", "line"):
        kind = "topic" if row.topic else "team" if row.team else "line"
        code = getattr(row, kind).code
        if row.role == MeasureGroup.Role.TOUCHED:
            found[f"{kind}s"].append(code)
        else:
            found["left_out"].append(f"{kind}:{code}")
    return found


class WordsForm(forms.Form):
    """What came of it, or why it is given up."""

    words = TextField(label=_("Result, or why it is given up"), most=MOST_WORDS, rows=4)
