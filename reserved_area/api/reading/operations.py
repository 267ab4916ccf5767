"""Operations, as the app reads them: what was asked to have done, and the form of each kind."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from contact_center.models import Contact
from contact_center.operations.commands import contact_of
from customers.models import Claim, Operation, OperationEvent, Policy
from customers.operations.forms import FactsForm
from customers.operations.kinds import KINDS, Kind, facts_shown, kind_of, may_be_withdrawn
from customers.operations.notes import notes_before
from customers.operations.subjects import Subject, subject_of
from foundation.numbers import whole_number
from notifications.operations import can_be_proved
from reserved_area.api.base import LinkField, ListView, MeRequest, MeView


class OperationRow(serializers.Serializer):
    """Something that was asked to have done."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    kind = serializers.ChoiceField(Operation.Kind.choices)
    kind_label = serializers.CharField(source="get_kind_display")
    state = serializers.ChoiceField(Operation.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    policy = serializers.IntegerField(source="policy_id", allow_null=True)
    policy_number = serializers.CharField(source="policy.number", default=None, allow_null=True)
    claim = serializers.IntegerField(source="claim_id", allow_null=True)
    claim_number = serializers.CharField(source="claim.number", default=None, allow_null=True)
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    may_be_withdrawn = serializers.SerializerMethodField()
    url = LinkField("me_operation")

    def get_may_be_withdrawn(self, operation: Operation) -> bool:
        """Whether it can still be taken back."""
        return may_be_withdrawn(operation)


class LabelledValue(serializers.Serializer):
    """A fact in words."""

    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away
    value = serializers.CharField()


class OperationStepRow(serializers.Serializer):
    """A step of an operation."""

    state = serializers.ChoiceField(Operation.State.choices, source="new")
    state_label = serializers.CharField(source="get_new_display")
    at = serializers.DateTimeField()


class OperationDetail(OperationRow):
    """An operation with what was asked, its steps, and what happens next."""

    facts = LabelledValue(many=True)
    then = serializers.CharField(help_text="What happens next, of one that is open")
    answer = serializers.CharField(help_text="Ours, of one that has ended")
    steps = OperationStepRow(many=True)
    request = serializers.IntegerField(allow_null=True, help_text="Its conversation, where there is one")


@extend_schema_view(get=extend_schema(operation_id="list_operations", summary="What was asked to have done"))
class OperationsView(ListView):
    """Everything one asked to have done, newest first."""

    serializer, order = OperationRow, ("-pk",)

    def rows(self) -> QuerySet:
        """With what it is about."""
        return Operation.objects.visible_to(self.request.user).for_list()


class OperationView(MeView):
    """One operation."""

    @extend_schema(operation_id="get_operation", summary="One operation with its steps", responses=OperationDetail)
    def get(self, request: MeRequest, pk: int) -> Response:
        """What was asked, what became of it, and what happens next."""
        operation = get_object_or_404(Operation.objects.visible_to(request.user).for_list(), pk=pk)
        contact = contact_of(operation)
        written = contact if contact is not None and contact.channel != Contact.Channel.PHONE else None
        is_open = operation.state in Operation.OPEN_STATES
        steps = OperationEvent.objects.filter(operation=operation).order_by("at", "pk")
        more = {
            "facts": [{"label": label, "value": value} for label, value in facts_shown(operation)],
            "then": str(kind_of(operation).then) if is_open else "",
            "answer": operation.answer,
            "steps": OperationStepRow(steps, many=True).data,
            "request": written.pk if written is not None else None,
        }
        return Response({**OperationRow(operation).data, **more})


# --- The form of a kind ---------------------------------------------------------------------------------------------------
class ChoiceRow(serializers.Serializer):
    """An answer that can be chosen."""

    value = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away


class FactRow(serializers.Serializer):
    """What an operation asks: `name` is its word in `facts`."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(["text", "long_text", "date", "amount", "choice", "tick"])
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away
    help = serializers.CharField()
    is_required = serializers.BooleanField()
    longest = serializers.IntegerField(allow_null=True, help_text="Most characters")
    choices = ChoiceRow(many=True)
    initial = serializers.CharField(allow_null=True, help_text="What is known already, or the usual answer")


class OperationForm(serializers.Serializer):
    """The form of a kind of operation about a policy, a claim or one's own data, as it stands now."""

    kind = serializers.ChoiceField(Operation.Kind.choices)
    action = serializers.CharField(help_text="What the button says")
    text = serializers.CharField(help_text="Read before sending")
    then = serializers.CharField(help_text="What happens next")
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="What to know of this policy or claim before"
    )
    why_not = serializers.CharField(help_text="Why it cannot be asked now; empty where it can")
    needs_proof = serializers.BooleanField(help_text="A code goes to the new number or address")
    waiting = serializers.IntegerField(allow_null=True, help_text="The operation that was asked for already")
    facts = FactRow(many=True)


class OperationFormView(MeView):
    """The form of a kind."""

    parameters = ("policy", "claim")

    @extend_schema(
        operation_id="get_operation_form",
        summary="What a kind of operation asks",
        parameters=[
            OpenApiParameter("policy", {"type": "integer", "minimum": 1}, description="About this policy"),
            OpenApiParameter("claim", {"type": "integer", "minimum": 1}, description="About this claim"),
        ],
        responses=OperationForm,
    )
    def get(self, request: MeRequest, kind: str) -> Response:
        """What to ask, what to say before and after, and why not."""
        subject = self._subject(request)
        entry = KINDS.get(kind)
        if entry is None or not entry.is_asked or subject.about not in entry.about:
            raise NotFound
        form = entry.form(subject=subject)
        waiting = subject.open_of([entry.code])
        why_not = _why_not(entry, subject)
        shown = {
            "kind": entry.code.value,
            "action": entry.action,
            "text": entry.text,
            "then": entry.then,
            "notes": [str(each) for each in notes_before(entry, subject)] if not why_not else [],
            "why_not": why_not,
            "needs_proof": entry.needs_proof,
            "waiting": waiting.pk if waiting is not None else None,
            "facts": [_fact(name, form, subject) for name in form.fields],
        }
        return Response(OperationForm(shown).data)

    def _subject(self, request: MeRequest) -> Subject:
        """What it is about: a policy that one holds, a claim that one reported, or one's own data."""
        policy, claim = self._named("policy"), self._named("claim")
        if policy is not None and claim is not None:
            raise ValidationError({"claim": [_("Name a policy or a claim, not both.")]})
        held = Policy.objects.visible_to(request.user).filter(holder=request.customer)
        reported = Claim.objects.visible_to(request.user).filter(customer=request.customer).for_list()
        about: dict[str, Any] = {}
        if policy is not None:
            about = {"policy": get_object_or_404(held, pk=policy)}
        elif claim is not None:
            about = {"claim": get_object_or_404(reported, pk=claim)}
        return subject_of(request.customer, today=timezone.localdate(), **about)

    def _named(self, name: str) -> int | None:
        asked = self.request.query_params.get(name)
        if asked is None:
            return None
        if (number := whole_number(asked)) is None:
            raise ValidationError({name: [_("Write its id, a number.")]})
        return number


def _why_not(kind: Kind, subject: Subject) -> str:
    if kind.needs_proof and not can_be_proved(kind.code):
        return _("We cannot send a code by SMS just now: call us or write to us to change the number.")
    return str(kind.why_not(subject))


def _fact(name: str, form: FactsForm, subject: Subject) -> dict[str, Any]:
    field = form.fields[name]
    known = getattr(subject.customer, name, None) if subject.about == "customer" else None
    initial = known if known not in (None, "") else field.initial
    choices: Any = field.choices if isinstance(field, forms.ChoiceField) else []
    return {
        "name": name,
        "kind": _kind_of(field),
        "label": str(field.label or name),
        "help": str(field.help_text),
        "is_required": field.required,
        "longest": getattr(field, "max_length", None),
        "choices": [{"value": str(value), "label": str(label)} for value, label in choices],
        "initial": None if initial in (None, "") or callable(initial) else str(initial),
    }


def _kind_of(field: forms.Field) -> str:
    kinds: list[tuple[type[forms.Field], str]] = [
        (forms.BooleanField, "tick"),
        (forms.DateField, "date"),
        (forms.DecimalField, "amount"),
        (forms.ChoiceField, "choice"),
    ]
    for known, word in kinds:
        if isinstance(field, known):
            return word
    return "long_text" if isinstance(field.widget, forms.Textarea) else "text"
