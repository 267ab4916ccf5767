"""What every writing address shares: the key of the write, the form that it fills in, how it refuses, what it answers.

    class CallBacksView(MeView):
        right = "ask"

        @writes("book_call_back", "Book a call-back", takes=CallBackInput, refused={"hour_full": "no room is left"})
        def post(self, request: MeRequest, *, key: uuid.UUID) -> Response: ...

`key` is made of the sender's Idempotency-Key, the account and what was sent: it is the submission key of the command, so that
the same write sent again is found even after the answer that was kept for it is forgotten.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as FormRefusal
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from customers.uploads import UploadGone
from foundation.api.idempotency import HEADER, IDEMPOTENCY_KEY, idempotent, write_id
from foundation.api.problems import Conflict
from foundation.counting import is_within
from foundation.form_guard import name_what_is_missing
from foundation.refusals import Refused
from foundation.text import cleaned_data_of
from reserved_area.api.base import MeRequest
from reserved_area.api.codes import CODES

HOUR = 3600
LONGEST_TEXT = 10_000  # characters of what people write; the forms say so in words
KEY = OpenApiParameter(
    HEADER,
    IDEMPOTENCY_KEY.type,
    OpenApiParameter.HEADER,
    required=True,
    description=IDEMPOTENCY_KEY.description,
)

AWAY_STATUS = 503
AWAY = frozenset(code for code, when in CODES.items() if when.startswith(f"{AWAY_STATUS}:"))
REFUSED = {
    409: "Refused as things are, and nothing was done.",
    AWAY_STATUS: "Not possible just now, and nothing was done: the same key may be sent again.",
}

ViewMethod = Callable[..., Response]


class WrittenShape(serializers.Serializer):
    """What a write made or changed: its number and state, and where it is read."""

    id = serializers.IntegerField()
    number = serializers.CharField(help_text="What a person quotes; empty where it has none")
    state = serializers.CharField(help_text="Empty where it has none")
    state_label = serializers.CharField(help_text="The state in words")
    message = serializers.CharField(help_text="What happened, in a sentence for the person")
    url = serializers.CharField(help_text="Where it is read; empty where it is not")


class SaidShape(serializers.Serializer):
    """A sentence for the person about what was done."""

    message = serializers.CharField()


def written(row: Any, message: str, *, url: str = "", number: str = "") -> dict[str, Any]:
    """What `WrittenShape` shows of a row. `url` is the name of the address that shows it by its id."""
    return {
        "id": row.pk,
        "number": number or getattr(row, "number", ""),
        "state": getattr(row, "state", ""),
        "state_label": row.get_state_display() if hasattr(row, "get_state_display") else "",
        "message": message,
        "url": reverse(url, args=[row.pk]) if url else "",
    }


def writes(
    operation: str,
    summary: str,
    *,
    takes: Any = None,
    gives: Any = WrittenShape,
    status: int = 201,
    refused: Mapping[str, str] | None = None,
    description: str = "",
    is_keyed: bool = True,
    is_replayed: bool = True,
    responses: Mapping[int, Any] | None = None,
) -> Callable[[ViewMethod], ViewMethod]:
    """Describe a writing method in the schema, as `operation`, and give it its `key`.

    `refused` are the codes of 409, and of 503, and when each comes. With `is_keyed` the header Idempotency-Key is needed; with
    `is_replayed` too, its answer is kept and given again, and the method runs in a transaction. A method that calls another
    machine, or has to remember a wrong try, is not replayed: its command knows the key itself.
    """
    scope = f"me:{operation}"

    def decorate(method: ViewMethod) -> ViewMethod:
        done = method
        if is_keyed:
            done = _with_key(done, scope)
            if is_replayed:
                done = idempotent(scope)(done)
        answers = {status: gives, **(responses or {}), **_refusals(refused or {}, is_keyed=is_keyed)}
        return extend_schema(
            operation_id=operation,
            summary=summary,
            description=description or None,
            request=takes,
            parameters=[KEY] if is_keyed else None,
            responses=answers,
        )(done)

    return decorate


def _with_key(method: ViewMethod, scope: str) -> ViewMethod:
    @functools.wraps(method)
    def keyed(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = write_id(request, scope)
        if key is None:
            raise ValidationError(
                {HEADER: [_("Send a key for this write, such as a UUID: the same again for the same.")]}
            )
        return method(view, request, *args, key=key, **kwargs)

    return keyed


def _refusals(codes: Mapping[str, str], *, is_keyed: bool) -> dict[int, OpenApiResponse]:
    found = {}
    for status, sentence in REFUSED.items():
        of_it = {code: when for code, when in codes.items() if (code in AWAY) == (status == AWAY_STATUS)}
        if of_it:
            words = "; ".join(f"`{code}`: {when}" for code, when in of_it.items())
            found[status] = OpenApiResponse(description=f"{sentence} {words}.")
    if is_keyed:
        found[422] = OpenApiResponse(
            description="`idempotency_key_reused`: the key was sent before, with something else."
        )
    return found


# --- What is sent ---------------------------------------------------------------------------------------------------
def given(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What was sent, read by its serializer; ValidationError by field."""
    sent = shape(data=request.data)
    sent.is_valid(raise_exception=True)
    return sent.validated_data


def form_data(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a form takes them, cleaned; what is None is left out."""
    return cleaned_data_of({name: value for name, value in values.items() if value is not None})


def filled_in(form: forms.BaseForm, *, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a form makes of its data; ValidationError under the names that the call used (`names`: the form's to the call's)."""
    name_what_is_missing(form.fields)
    if not form.is_valid():
        raise ValidationError(errors_of(form, names or {}))
    return form.cleaned_data


def errors_of(form: forms.BaseForm, names: Mapping[str, str]) -> dict[str, Any]:
    """What is wrong with a form, by the call's names; the answer to a question of a topic stands under `answers`."""
    errors: dict[str, Any] = {}
    for name, found in form.errors.as_data().items():
        sentences = [sentence for each in found for sentence in each.messages]
        if name.startswith("q-"):
            errors.setdefault("answers", {})[name.removeprefix("q-")] = sentences
        elif name == NON_FIELD_ERRORS:
            errors.setdefault(api_settings.NON_FIELD_ERRORS_KEY, []).extend(sentences)
        else:
            errors[names.get(name, name)] = sentences
    return errors


def refused_files(error: FormRefusal, field: str = "uploads") -> ValidationError:
    """What is wrong with files, as the API says it."""
    return ValidationError({field: error.messages})


class UploadKeys(serializers.ListField):
    """Keys of files that were sent ahead (`send_upload`), to go with this."""

    def __init__(self, **options: Any) -> None:
        child = serializers.UUIDField()
        super().__init__(child=child, required=False, default=list, max_length=20, **options)


# --- Refusals -------------------------------------------------------------------------------------------------------
def conflict(refusal: Refused, **members: Any) -> Conflict:
    """A refusal with what a program needs beside its sentence."""
    found = Conflict(str(refusal), refusal.code)
    found.members = members
    return found


def limit(request: MeRequest, what: str, most: int, *, seconds: int = HOUR) -> None:
    """Count one more of something that a person sends; Throttled (429) beyond `most` in `seconds`."""
    if not is_within(f"me:{what}:{request.user.pk}", most, seconds):
        raise Throttled(seconds, str(_("Many messages have come from you: send it again in an hour.")))


GONE = {UploadGone.code: "a file that was sent ahead is not here any more"}
