"""How a contact ends: what came of it, or handing it to the second level. One rule for the desk and for the contact's page."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.contacts.sending_back import SentBack
from contact_center.models import Contact, Team, Topic, WrapUpCode
from customers.models import Operation
from foundation.naming import name_in_language
from foundation.text import CleanedForm

FieldT = TypeVar("FieldT", bound=forms.Field)

LONGEST_TEXT = 10_000
# What comes of a telephone line alone: nobody writes to us by a line that dropped.
OF_THE_TELEPHONE = (Contact.Outcome.WRONG_NUMBER, Contact.Outcome.DROPPED)


def text_field(label: Any, *, required: bool = True, rows: int = 8, **more: Any) -> forms.CharField:
    """A text as people write it: any language and direction, up to 10,000 characters; kept in the browser until it is sent."""
    area = forms.Textarea(attrs={"rows": rows, "dir": "auto", "data-keep": ""})
    return forms.CharField(label=label, required=required, max_length=LONGEST_TEXT, widget=area, **more)


class CodeSelect(forms.RadioSelect):
    """The codes with the key that chooses each, for static/js/contact.js."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if (code := getattr(value, "instance", None)) is not None:
            option["code"] = code
            option["attrs"] |= {"data-key": code.key, "data-needs-topic": "yes" if code.needs_topic else ""}
        return option


def field_of(form: forms.BaseForm, name: str, kind: type[FieldT]) -> FieldT:
    """The field of the form, which is of this kind: for what only this kind of field has."""
    field = form.fields[name]
    assert isinstance(field, kind), f"“{name}” is declared as a {kind.__name__}"
    return field


class TopicIterator(forms.models.ModelChoiceIterator):
    """Topics under the name of their area, areas in the order in which they are declared."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield "", self.field.empty_label
        groups: dict[str, list] = {area: [] for area in Topic.Area.values}
        for topic in self.queryset:
            groups[topic.area].append(self.choice(topic))
        yield from ((Topic.Area(area).label, topics) for area, topics in groups.items() if topics)


class TopicField(forms.ModelChoiceField):
    """The topics that may be chosen today, by area and name."""

    iterator = TopicIterator

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Topic.objects.none(), label=_("Topic"), required=False, empty_label=_("Choose a topic"), **kwargs
        )

    def fill(self, contact: Contact | None = None) -> None:
        """Read the topics of today; that of the contact remains a choice though it may have ended."""
        topics = Topic.objects.valid_on(timezone.localdate())
        if contact is not None and contact.topic_id:
            topics = Topic.objects.filter(Q(pk__in=topics.values("pk")) | Q(pk=contact.topic_id))
        self.queryset = topics.order_by("name", "pk")


def codes_for(contact: Contact) -> QuerySet[WrapUpCode]:
    """The codes that may be given to the contact today: of its line by telephone; in writing, none of the telephone's own.

    While it carries an operation that has not ended, those that leave it open.
    """
    codes = WrapUpCode.objects.valid_on(timezone.localdate())
    if contact.operation is not None and contact.operation.state in contact.operation.OPEN_STATES:
        codes = codes.filter(keeps_open=True)
    if contact.line_id:
        return codes.filter(Q(lines=None) | Q(lines=contact.line_id)).distinct()
    return codes.filter(lines=None).exclude(outcome__in=OF_THE_TELEPHONE)


# --- The same choices, asked in the query of the contact itself ------------------------------------------------------------
def choices_in_the_query() -> dict[str, ArraySubquery]:
    """`topics_offered` and `codes_offered` of each contact of a query, as `choices_of` reads them: what `TopicField.fill` and `codes_for` give."""
    today = timezone.localdate()
    topics = Topic.objects.valid_on(today)
    topics = Topic.objects.filter(Q(pk__in=topics.values("pk")) | Q(pk=OuterRef("topic")))
    of_lines = WrapUpCode.lines.through.objects.filter(wrapupcode=OuterRef("pk"))
    own = Contact.objects.filter(pk=OuterRef(OuterRef("pk")))
    to_carry_out = own.filter(operation__state__in=Operation.OPEN_STATES)
    codes = WrapUpCode.objects.valid_on(today).filter(
        ~Exists(of_lines) | Exists(of_lines.filter(tollfreeline=OuterRef(OuterRef("line")))),
        ~Q(outcome__in=OF_THE_TELEPHONE) | Exists(own.filter(line__isnull=False)),
        Q(keeps_open=True) | ~Exists(to_carry_out),
    )
    return {
        "topics_offered": ArraySubquery(
            topics.order_by("name", "pk").values(json=JSONObject(pk="pk", area="area", name=name_in_language()))
        ),
        "codes_offered": ArraySubquery(codes.values(json=JSONObject(pk="pk", name=name_in_language()))),
    }


def offer(form: forms.Form, contact: Contact) -> None:
    """Give the fields `topic` and `code` of a form the choices of a contact that was read with `choices_in_the_query`.

    What is sent is still looked up: only what the page draws comes from there.
    """
    areas: dict[str, list[tuple[int, str]]] = {area: [] for area in Topic.Area.values}
    for topic in contact.topics_offered:  # type: ignore[attr-defined]  # annotated
        areas[topic["area"]].append((topic["pk"], topic["name"]))
    grouped = [(Topic.Area(area).label, topics) for area, topics in areas.items() if topics]
    topic_field, code_field = field_of(form, "topic", TopicField), field_of(form, "code", forms.ModelChoiceField)
    topic_field.widget.choices = [("", topic_field.empty_label), *grouped]
    codes = [(code["pk"], code["name"]) for code in contact.codes_offered]  # type: ignore[attr-defined]  # annotated
    code_field.widget.choices = [("", code_field.empty_label), *codes]


class WrapUpForm(CleanedForm, forms.Form):
    """What came of it and about what."""

    code = forms.ModelChoiceField(
        label=_("Outcome"),
        queryset=WrapUpCode.objects.none(),
        widget=CodeSelect,
        empty_label=None,
        error_messages={"required": _("Choose the outcome: every contact needs a code.")},
    )
    topic = TopicField()

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "code", forms.ModelChoiceField).queryset = codes_for(contact)
        field_of(self, "topic", TopicField).fill(contact)

    def clean(self) -> dict[str, Any]:
        """A code that needs a topic is not taken without one."""
        super().clean()
        cleaned = self.cleaned_data
        code = cleaned.get("code")
        if code is not None and code.needs_topic and not cleaned.get("topic") and "topic" not in self.errors:
            self.add_error("topic", _("Choose a topic: this code needs one."))
        return cleaned


class CodeForm(WrapUpForm):
    """At the desk: with a note, and the invitation to write where it would be a complaint."""

    note = text_field(_("Note"), required=False, rows=2, help_text=_("For colleagues; the customer never sees it."))
    invite = forms.BooleanField(label=_("Send the form's address by e-mail"), required=False, initial=True)


class WrapUpAndGoForm(WrapUpForm):
    """On the contact's page: with where to go then."""

    NEXT, QUEUE, STAY = "next", "queue", "stay"
    THEN = ((NEXT, _("take the next contact")), (QUEUE, _("back to the queue")), (STAY, _("remain on this contact")))

    then = forms.ChoiceField(label=_("Then"), choices=THEN, required=False, widget=forms.RadioSelect)


class CorrectCodeForm(WrapUpForm):
    """Another code for a contact that has one, and why."""

    why = forms.CharField(label=_("Why"), max_length=200, help_text=_("The history keeps it, with your name."))

    field_order = ("code", "topic", "why")


SECOND_LEVEL = Team.objects.filter(level=2, is_active=True)
REASONS = [(value, label) for value, label in Contact.Escalation.choices if value not in ("", "not_stated")]


class EscalateForm(CleanedForm, forms.Form):
    """To whom, why not at first level, and what they should know."""

    team = forms.ModelChoiceField(
        label=_("Second-level team"),
        queryset=SECOND_LEVEL,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=_("Why the first level cannot resolve it"),
        choices=REASONS,
        widget=forms.RadioSelect,
    )
    text = text_field(_("What the second level should know"), required=False, rows=5)

    def __init__(self, *args: Any, without: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if without:
            field_of(self, "team", forms.ModelChoiceField).queryset = SECOND_LEVEL.exclude(pk=without)


class SendBackForm(CleanedForm, forms.Form):
    """Why it goes back, and what is to be done."""

    reason = forms.ChoiceField(label=_("Why it goes back"), choices=SentBack.choices, widget=forms.RadioSelect)
    text = text_field(_("What is to be done"), rows=5, help_text=_("Your colleague reads it first."))


class PassOnForm(EscalateForm):
    """The same at the desk, where the topic is not known yet and room is scarce."""

    topic = TopicField()

    field_order = ("team", "reason", "topic", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = forms.ModelChoiceField(
            label=_("Team"),
            queryset=field_of(self, "team", forms.ModelChoiceField).queryset,
            empty_label=_("Choose a team"),
        )
        self.fields["reason"] = forms.ChoiceField(label=_("Why"), choices=[("", _("Choose the reason")), *REASONS])
        self.fields["text"].widget.attrs["rows"] = 3
        field_of(self, "topic", TopicField).fill()
        self.order_fields(self.field_order)
