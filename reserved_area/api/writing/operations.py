"""Operations by the app: look at what would be sent, send it, take it back; and one's own data by a code."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from contact_center.operations.commands import begin_operation, withdraw
from customers.models import Claim, Operation, Policy, ProofCode
from customers.models.account import Right
from customers.models.proof_code import MOST_TRIES
from customers.operations.commands import AskedAlready
from customers.operations.forms import FactsForm, shown
from customers.operations.kinds import ENTRIES, KINDS, Kind
from customers.operations.notes import notes_before
from customers.operations.subjects import Subject, subject_of
from foundation.api.strict import StrictSerializer
from foundation.refusals import Refused
from notifications.operations import can_be_proved, change_proved, send_code
from reserved_area.api.base import MeRequest, MeView, require_fresh_proof
from reserved_area.api.reading import operations as reading
from reserved_area.api.writing.door import LONGEST_TEXT, WrittenShape, conflict, filled_in, given, writes, written

ASKED = [(kind.code.value, kind.action) for kind in ENTRIES if kind.is_asked]
PROVED = [(kind.code.value, kind.action) for kind in ENTRIES if kind.needs_proof]
APP = Operation.Channel.APP
REFUSED = {
    "asked_already": "the same is open already; `operation` is its id",
    "not_possible": "the reason is in the sentence",
    "outdated": "the offer of the claim is another one now",
    "not_yours": "only the policyholder, or whoever reported the claim, can ask",
    "needs_code": "a new number or address is proved by a code: `send_operation_code`",
}


@extend_schema_field({"type": ["string", "boolean"], "maxLength": LONGEST_TEXT})
class FactField(serializers.Field):
    """One fact: a text, or yes and no for a box to tick."""

    default_error_messages = {"shape": gettext_lazy("Send a text, or true for a box that was ticked.")}

    def to_internal_value(self, data: Any) -> str | bool:
        """As it was sent."""
        if not isinstance(data, str | bool):
            self.fail("shape")
        return data

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


class OperationInput(StrictSerializer):
    """What is asked for, about what, with the facts of its kind."""

    kind = serializers.ChoiceField(ASKED)
    policy = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="Id of a policy held"
    )
    claim = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="Id of a claim that one reported"
    )
    facts = serializers.DictField(
        child=FactField(),
        default=dict,
        help_text="By the names of the kind's form. Days as YYYY-MM-DD, amounts as texts such as 1250.00, boxes as true",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One subject."""
        if "policy" in attrs and "claim" in attrs:
            raise ValidationError({"claim": [_("An operation is about a policy or a claim, not about both.")]})
        return attrs


class CheckShape(serializers.Serializer):
    """What a person reads before they confirm."""

    title = serializers.CharField()
    text = serializers.CharField(help_text="What it means")
    notes = serializers.ListField(child=serializers.CharField(), help_text="Values, days and terms to know")
    facts = reading.LabelledValue(many=True)
    then = serializers.CharField(help_text="What happens next")
    why_not = serializers.CharField(help_text="Why it cannot be asked for now; empty where it can")
    needs_code = serializers.BooleanField(help_text="A code is sent first: `send_operation_code`")


def _form_of(request: MeRequest, sent: Mapping[str, Any]) -> tuple[Kind, Subject, FactsForm]:
    """Kind, subject and form of what was sent; Http404 for a policy or claim that is not theirs."""
    kind, policy, claim = KINDS[sent["kind"]], None, None
    if "policy" in sent:
        held = Policy.objects.visible_to(request.user).filter(holder=request.customer)
        policy = get_object_or_404(held, pk=sent["policy"])
    if "claim" in sent:
        reported = Claim.objects.visible_to(request.user).filter(customer=request.customer)
        claim = get_object_or_404(reported.for_list(), pk=sent["claim"])
    subject = subject_of(request.customer, policy=policy, claim=claim, today=timezone.localdate())
    if subject.about not in kind.about:
        about = " / ".join(sorted(kind.about))
        raise ValidationError({"kind": [_("This is asked for about: %(about)s.") % {"about": about}]})
    return kind, subject, kind.form(_data(kind.form, sent["facts"]), subject=subject)


def _data(form: type[FactsForm], facts: Mapping[str, str | bool]) -> dict[str, Any]:
    """The facts as the form takes them; ValidationError for one that it does not ask, or of the other type."""
    fields, errors = FactsForm.own_fields(form), {}
    for name, value in facts.items():
        if name not in fields:
            known = ", ".join(fields)
            errors[name[:80]] = [_("This kind has no such fact. There are: %(known)s.") % {"known": known}]
        elif isinstance(fields[name], forms.BooleanField) != isinstance(value, bool):
            errors[name] = [_("Send true or false.") if isinstance(value, str) else _("Send a text.")]
    if errors:
        raise ValidationError({"facts": errors})
    return {name: "on" if value is True else value for name, value in facts.items() if value is not False}


def _facts(form: FactsForm) -> dict[str, Any]:
    names = {name: f"facts.{name}" for name in form.fields}
    filled_in(form, names=names)
    return form.facts()


def wants_fresh_proof(kind: Kind) -> bool:
    """Whether it says where money is paid to, or where we reach the customer: not for an unlocked telephone in other hands."""
    return bool({"iban", "phone", "email", "address"} & set(kind.form.names()))


class OperationCheckView(MeView):
    """What would be sent, before it is."""

    @writes(
        "check_operation",
        "Look at an operation before it is sent",
        takes=OperationInput,
        gives=CheckShape,
        status=200,
        is_keyed=False,
        description="Writes nothing. The amounts and days shown are those that are compared once it is sent.",
    )
    def post(self, request: MeRequest) -> Response:
        """The facts in words, and what there is to know."""
        kind, subject, form = _form_of(request, given(OperationInput, request))
        facts = _facts(form)
        why_not = kind.why_not(subject)
        if kind.needs_proof and not can_be_proved(kind.code):
            why_not = _("We cannot send a code by SMS just now: call us or write to us to change the number.")
        return Response(
            CheckShape(
                {
                    "title": kind.action,
                    "text": kind.text,
                    "notes": [] if why_not else notes_before(kind, subject),
                    "facts": [{"label": label, "value": value} for label, value in shown(kind.form, facts)],
                    "then": kind.then,
                    "why_not": why_not,
                    "needs_code": kind.needs_proof,
                }
            ).data
        )


class OperationsView(reading.OperationsView):
    """Asking for an operation, beside the list of them."""

    right = Right.ASK

    @writes(
        "ask_operation",
        "Ask for an operation",
        takes=OperationInput,
        refused=REFUSED,
        description=(
            "Every kind that `get_operation_form` describes, about the customer's data, a policy or a claim. What needs nobody is "
            "done at once (`state` is `done`); the rest is followed under its number. Where money is paid to an account, or the "
            "address changes, password or code are wanted again (403 `fresh_proof_required`)."
        ),
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """Begin it, or answer with the one that the same key began."""
        kind, subject, form = _form_of(request, given(OperationInput, request))
        facts = _facts(form)
        if wants_fresh_proof(kind):
            require_fresh_proof(request)
        if kind.needs_proof:
            raise Refused(
                _("A new number or address is changed by the code that is sent to it."),
                code="needs_code",
                field="kind",
            )
        try:
            begun = begin_operation(
                kind.code,
                customer=request.customer,
                policy=subject.policy,
                claim=subject.claim,
                facts=facts,
                submission_key=key,
                by=request.user,
                channel=APP,
            )
        except AskedAlready as refusal:
            raise _asked_already(refusal) from refusal
        return Response(_receipt(begun.operation), status=201)


def _asked_already(refusal: AskedAlready) -> Exception:
    waiting = refusal.operation
    return conflict(refusal, operation=waiting.pk, url=reverse("me_operation", args=[waiting.pk]))


def _receipt(operation: Operation) -> dict[str, Any]:
    if operation.state == Operation.State.WITHDRAWN:
        message = _("You have taken it back: nothing is changed.")
    elif operation.state in Operation.OPEN_STATES:
        message = _("We have received it: its number is %(number)s.") % {"number": operation.number}
    else:
        message = _("Done: its number is %(number)s.") % {"number": operation.number}
    return WrittenShape(written(operation, message, url="me_operation")).data


class OperationWithdrawView(MeView):
    """Take back what was asked for."""

    right = Right.ASK

    @writes(
        "withdraw_operation",
        "Take an operation back",
        status=200,
        refused={
            "ended": "it has ended",
            "not_withdrawn": "asking for it has had its effect",
        },
    )
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """While nothing has come of it."""
        operation = get_object_or_404(Operation.objects.visible_to(request.user).for_list(), pk=pk)
        if operation.state != Operation.State.WITHDRAWN:
            operation = withdraw(operation, by=request.user)
        return Response(_receipt(operation))


# --- A new number or address ----------------------------------------------------------------------------------------
class CodeInput(StrictSerializer):
    """The new number or address, and which one it takes the place of."""

    kind = serializers.ChoiceField(PROVED)
    facts = serializers.DictField(child=FactField(), help_text="`phone` or `email`, and `replaces`")


class CodeShape(serializers.Serializer):
    """A code that is on its way."""

    key = serializers.UUIDField(help_text="Of the code: for `use_operation_code`")
    kind = serializers.CharField()
    sent_to = serializers.CharField()
    expires_at = serializers.DateTimeField()
    tries_left = serializers.IntegerField()


class OperationCodesView(MeView):
    """Have a code sent to a new number or address."""

    right = Right.ASK

    @writes(
        "send_operation_code",
        "Send a code to a new number or address",
        takes=CodeInput,
        gives=CodeShape,
        refused={"no_sms": "no code can be sent by SMS now", "too_many_codes": "too many were sent in the last hour"},
        description="Password or code of the sign-in are wanted again first (403 `fresh_proof_required`).",
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """Send it, once for each key."""
        kind, _subject, form = _form_of(request, given(CodeInput, request))
        facts = _facts(form)
        require_fresh_proof(request)
        proof = send_code(kind.code, facts=facts, key=key, customer=request.customer, by=request.user)
        shown_code = {
            "key": proof.key,
            "kind": proof.kind,
            "sent_to": proof.value,
            "expires_at": proof.expires_at,
            "tries_left": MOST_TRIES - proof.tries,
        }
        return Response(CodeShape(shown_code).data, status=201)


class CodeTryInput(StrictSerializer):
    """The code as the person typed it."""

    code = serializers.CharField(max_length=20, help_text="Blanks do not matter")


class OperationCodeView(MeView):
    """Use a code: the number or address is changed."""

    right = Right.ASK

    @writes(
        "use_operation_code",
        "Change the number or address by its code",
        takes=CodeTryInput,
        status=200,
        is_keyed=False,
        refused={
            "code_wrong": "five tries in all",
            "code_tried_too_often": "have another one sent",
            "code_too_late": "have another one sent",
            "code_used": "have another one sent",
        },
        description="The same code sent again answers with what it did.",
    )
    def post(self, request: MeRequest, code_key: uuid.UUID) -> Response:
        """A wrong try is counted."""
        proof = get_object_or_404(ProofCode, key=code_key, customer=request.customer)
        code = "".join(given(CodeTryInput, request)["code"].split())
        return Response(_receipt(change_proved(proof, code=code, by=request.user, channel=APP)))
