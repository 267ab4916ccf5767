"""What a manager may choose on the figures' page and on the lists behind it."""

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contact_center.figures.half_hours import HALF_HOURS, clock, half_hour_at, half_hour_label
from contact_center.figures.hours import When
from contact_center.figures.lists import LISTS
from contact_center.figures.period import Period, UnusablePeriod, check_period
from contact_center.figures.query import EVENTS_ONLY, EVENTS_WITHOUT, WITHOUT, Chosen, CutsCombined, Without
from contact_center.figures.unresolved.kinds import REASONS
from contact_center.models import Contact, OpeningPeriod
from foundation.naming import name_sql
from foundation.sorting import folded_sql
from foundation.templatetags.choices import options

BY = [
    ("line", _("Lines")),
    ("channel", _("Channels")),
    ("topic", _("Topics")),
    ("agent", _("Agents")),
    ("team", _("Teams")),
    ("month", _("Months")),
    ("weekday", _("Weekdays")),
    ("half-hour", _("Half hours")),
    ("day", _("Days")),
]


class DateInput(forms.DateInput):
    """The browser's own control for a date."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The whole element, without a template of its own."""
        shown = self.format_value(value)
        given = {"type": self.input_type, "name": name} | ({"value": shown} if shown else {})
        return format_html("<input{}>", flatatt({**given, **self.build_attrs(self.attrs, attrs)}))


class CodeSelect(forms.Select):
    """A select of codes and names, of which there may be hundreds."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The whole element."""
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", attributes, options(self.choices, value))


class Choice(NamedTuple):
    """As much of a line, topic, agent or team as choosing by it takes."""

    pk: int
    code: str
    name: str


# All the choices in one query, in the order of the models' own lists.
READ_CHOICES = """
    SELECT kind, id, code, name FROM (
        SELECT 'line' AS kind, id, code, {name} AS name, position AS first, '' AS second FROM contact_center_tollfreeline
        UNION ALL SELECT 'topic', id, code, {name}, 0, area FROM contact_center_topic
        UNION ALL SELECT 'agent', id, code, name, 0, '' FROM contact_center_agent
        UNION ALL SELECT 'team', id, code, {name}, level, '' FROM contact_center_team
    ) choices ORDER BY kind, first, second, {order}, code
"""


def read_choices() -> dict[str, dict[str, Choice]]:
    """The lines, topics, agents and teams there are, by code."""
    found: dict[str, dict[str, Choice]] = {"line": {}, "topic": {}, "agent": {}, "team": {}}
    with connection.cursor() as cursor:
        cursor.execute(READ_CHOICES.format(name=name_sql(), order=folded_sql("name")))
        for kind, pk, code, name in cursor.fetchall():
            found[kind][code] = Choice(pk, code, name)
    return found


class CodeField(forms.Field):
    """One choice by its code, all of them (None), or WITHOUT: the calls and contacts that have none."""

    widget = CodeSelect

    def __init__(self, *, label: Any, without: Any, of: str = "") -> None:
        super().__init__(required=False, label=label)
        self.without, self.of = without, of  # of: the kind of choices, where the field has another name
        self.known: dict[str, Choice] = {}

    def offer(self, known: dict[str, Choice]) -> None:
        """Set what can be chosen."""
        self.known = known
        names = ((one.code, one.name) for one in known.values())
        self.widget.choices = [("", _("All")), *names, (WITHOUT.code, self.without)]

    def to_python(self, value: Any) -> Choice | Without | None:
        """The choice, None for all, or WITHOUT; ValidationError for a code that does not exist."""
        if not value:
            return None
        if value == WITHOUT.code:
            return WITHOUT
        if value not in self.known:
            raise ValidationError(_("This does not exist: choose one of the list."))
        return self.known[value]

    def validate(self, value: Any) -> None:
        """Nothing more to ask."""


class FiguresForm(forms.Form):
    """Period and filters. Always bound: what was not given is filled in before (`figures_page.default_period`)."""

    line = CodeField(label=_("Line"), without=_("in writing"))
    topic = CodeField(label=_("Topic"), without=_("without a topic"))
    agent = CodeField(label=_("Agent"), without=_("nobody"))
    team = CodeField(label=_("Team"), without=_("no team"))
    channel = forms.ChoiceField(
        choices=[("", _("All")), *Contact.Channel.choices], required=False, label=_("Channel"), widget=CodeSelect
    )
    events = forms.ChoiceField(
        choices=[("", _("All")), (EVENTS_WITHOUT, _("without them")), (EVENTS_ONLY, _("only these"))],
        required=False,
        label=_("Mass events"),
        widget=CodeSelect,
    )
    by = forms.ChoiceField(choices=BY, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        formats = ["%Y-%m-%d", "%d/%m/%Y"]
        dates = {
            "from": forms.DateField(label=_("From"), input_formats=formats, widget=DateInput()),
            "to": forms.DateField(label=_("To"), input_formats=formats, widget=DateInput()),
        }
        self.fields = {**dates, **self.fields}
        choices = read_choices()
        for name, field in self.fields.items():
            if isinstance(field, CodeField):
                field.offer(choices["line" if name == "queue" else field.of or name])

    def clean(self) -> dict[str, Any]:
        """Refuse a period that cannot be counted, and topics together with agents or teams."""
        self._clean_period()
        try:
            self.chosen.cut_for(self.cleaned_data.get("by") or None)
        except CutsCombined as error:
            raise ValidationError(str(error)) from error
        return self.cleaned_data

    def _clean_period(self) -> None:
        start, end = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if not start or not end:
            return
        try:
            self.cleaned_data["period"] = check_period(start, end, today=timezone.localdate())
        except UnusablePeriod as error:
            self.add_error("to", error.with_days(lambda day: date_format(day, "SHORT_DATE_FORMAT")))

    @property
    def period(self) -> Period:
        """The period of a valid form."""
        return self.cleaned_data["period"]

    @property
    def chosen(self) -> Chosen:
        """The filters of a valid form."""
        found = {name: self.cleaned_data.get(name) for name in ("line", "topic", "agent", "team")}
        return Chosen(
            **found, channel=self.cleaned_data.get("channel") or None, events=self.cleaned_data.get("events") or None
        )


OPENING_WORDS = [("inside", _("within opening hours")), ("outside", _("outside opening hours"))]

QUEUE_PLACES = [("first", _("first queue")), ("later", _("later queue"))]


class ListForm(FiguresForm):
    """The same for a list: the number it is about comes along, with the hours of the week it is of, and nothing is grouped."""

    figure = forms.ChoiceField(choices=[(key, quantity.listed) for key, quantity in LISTS.items()], required=False)
    weekday = forms.TypedChoiceField(
        choices=[(day + 1, name) for day, name in OpeningPeriod.Weekday.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    half_hour = forms.TypedChoiceField(
        choices=[(clock(place), half_hour_label(place)) for place in range(HALF_HOURS)],
        coerce=half_hour_at,
        empty_value=None,
        required=False,
    )
    hours = forms.ChoiceField(choices=OPENING_WORDS, required=False)
    queue = CodeField(label=_("Queue"), without=_("in writing"))
    in_queue = forms.ChoiceField(choices=QUEUE_PLACES, required=False)

    @property
    def when(self) -> When:
        """The hours of the week of a valid form."""
        given = self.cleaned_data
        queue = given.get("queue")
        return When(
            given.get("weekday"),
            given.get("half_hour"),
            given.get("hours") or None,
            None if isinstance(queue, Without) else queue,
            is_first=given.get("in_queue") != "later",
        )

    reason = forms.ChoiceField(choices=[("", ""), *((reason, reason) for reason in REASONS)], required=False)
    then = CodeField(label=_("Came back with"), without=_("without a topic"), of="topic")

    def clean(self) -> dict[str, Any]:
        """Refuse a period that cannot be counted. A list reads the rows themselves, so all filters go together."""
        self._clean_period()
        return self.cleaned_data

    @property
    def further(self) -> dict[str, str]:
        """What the list is narrowed by besides period and filters, as the parameters of an address."""
        then = self.cleaned_data.get("then")
        found = {"reason": self.cleaned_data.get("reason") or "", "then": then.code if then else ""}
        return {name: value for name, value in found.items() if value}
