"""Call-backs by the app: book an hour, move it, call it off."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from contact_center.call_backs.commands import book_call_back, cancel_call_back, move_call_back
from contact_center.call_backs.forms import LONGEST_TEXT, OTHER, CallBackFields, HourFields
from contact_center.call_backs.queries import free_slots, own_hours
from contact_center.due.business_time import Stretch
from contact_center.models import CallBack, Contact
from customers.models.account import Right
from foundation.api.fields import AwareDateTimeField
from foundation.api.strict import StrictSerializer
from foundation.dates import moment_in_full
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.reading import call_backs as reading
from reserved_area.api.writing.door import WrittenShape, filled_in, form_data, given, writes, written

NAMES = {"slot": "starts_at", "number": "phone", "other_number": "phone"}
NO_HOUR = {
    "hour_not_on_offer": "the hour is not on offer any more",
    "hour_full": "its last place has just gone",
    "hour_yours_already": "there is a call-back at this hour already",
}
OVER = {"call_back_over": "it was made or called off", "call_back_begun": "its hour has come"}


class HourInput(StrictSerializer):
    """An hour of `get_call_back_places`."""

    starts_at = AwareDateTimeField(help_text="When the hour begins")


class CallBackInput(HourInput):
    """When, to which number, about what."""

    phone = serializers.CharField(max_length=60, help_text="Any usual form")
    topic = serializers.CharField(required=False, allow_blank=True, max_length=40, help_text="Code of a topic")
    text = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=2 * LONGEST_TEXT,
        help_text="In a few words: up to 1,000 characters",
    )


def _slot(moment: datetime, slots: Sequence[Stretch]) -> str:
    """The hour as its form knows it."""
    return next((each.start for each in slots if each.start == moment), moment).isoformat()


def _shown(call_back: CallBack, message: str) -> dict[str, Any]:
    return WrittenShape(written(call_back, message, number=call_back.contact.number)).data


class CallBacksView(reading.CallBacksView):
    """Booking a call-back, beside the list of them."""

    right = Right.ASK

    @writes(
        "book_call_back",
        "Book a call-back",
        takes=CallBackInput,
        refused={**NO_HOUR, "many_call_backs": "three are ahead already"},
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """It is confirmed in writing."""
        sent, now = given(CallBackInput, request), timezone.now()
        slots = free_slots(now, is_chosen=True)
        data = {
            "slot": _slot(sent["starts_at"], slots),
            "number": OTHER,
            "other_number": sent["phone"],
            "topic": sent.get("topic"),
            "text": sent.get("text"),
        }
        form = CallBackFields(form_data(data), slots=slots, own=own_hours(request.customer, now), phones=[])
        words = filled_in(form, names=NAMES)
        booked = book_call_back(
            customer=request.customer,
            starts_at=words["slot"],
            phone=words["phone"],
            topic=words["topic"],
            text=words["text"],
            submission_key=key,
            by=request.user,
            language=get_language() or "",
            channel=Contact.Channel.APP,
        )
        when = moment_in_full(booked.call_back.starts_at)
        return Response(_shown(booked.call_back, _("We call you: %(when)s.") % {"when": when}), status=201)


class CallBackView(MeView):
    """What the addresses of a call-back share."""

    right = Right.ASK

    def mine(self, pk: int) -> CallBack:
        """One's own."""
        rows = CallBack.objects.visible_to(self.request.user).select_related("customer", "contact")
        return get_object_or_404(rows, pk=pk)


class CallBackMoveView(CallBackView):
    """Another hour."""

    @writes("move_call_back", "Choose another hour", takes=HourInput, status=200, refused={**NO_HOUR, **OVER})
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """To the hour that it has already: nothing changes."""
        call_back, now = self.mine(pk), timezone.now()
        moment = given(HourInput, request)["starts_at"]
        slots = free_slots(now, is_chosen=True, line_id=call_back.contact.line_id)
        starts_at = call_back.starts_at
        if moment != starts_at:
            data = form_data({"slot": _slot(moment, slots)})
            form = HourFields(data, slots=slots, own=own_hours(request.customer, now))
            starts_at = filled_in(form, names=NAMES)["slot"]
        moved = move_call_back(call_back, starts_at=starts_at, by=request.user, language=get_language() or "")
        return Response(_shown(moved, _("We call you: %(when)s.") % {"when": moment_in_full(moved.starts_at)}))


class CallBackCancelView(CallBackView):
    """Call it off."""

    @writes("cancel_call_back", "Call a call-back off", status=200, refused=OVER)
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """Again: nothing changes."""
        cancelled = cancel_call_back(self.mine(pk), by=request.user, language=get_language() or "")
        return Response(_shown(cancelled, _("Your call-back is called off.")))
