"""My data by the app: a copy of everything about the customer, and the request for erasure.

Only for a person who may decide about people for the customer (`Right.PEOPLE`), reading included: who may not ask for the
copy does not see that there is one. Taking the copy and asking for erasure want a fresh proof besides.
"""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from customers.data_exports.commands import (
    DataExportEnded,
    DataExportNotReady,
    TooManyDataExports,
    ask_data_export,
    end_data_export,
)
from customers.data_exports.handing_out import ZIP, hand_out
from customers.models import DataExport, DataExportOpening, ErasureRequest
from customers.models.account import Right
from customers.privacy.explaining import explain_erasure
from foundation.api.strict import StrictSerializer
from foundation.dates import written_day
from notifications.erasure import ask_erasure, withdraw_erasure
from reserved_area.api.base import LinkField, ListView, MeRequest, MeView, require_fresh_proof
from reserved_area.api.writing.door import WrittenShape, given, writes, written


# --- The copy ---------------------------------------------------------------------------------------------------------
class DataExportRow(serializers.Serializer):
    """A copy of the customer's data, and how far it is."""

    id = serializers.IntegerField(source="pk")
    key = serializers.UUIDField()
    state = serializers.ChoiceField(DataExport.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    asked_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when it can be taken")
    size = serializers.IntegerField(allow_null=True, help_text="Bytes")
    sha256 = serializers.CharField(help_text="Of the archive's bytes; empty before it is made")
    url = LinkField("me_data_export", source="key")
    file_url = serializers.SerializerMethodField(help_text="Where it is taken now; else null")

    def get_file_url(self, export: DataExport) -> str | None:
        """Of one that can be opened."""
        can_be_opened = export.is_open_at(timezone.now())
        return reverse("me_data_export_file", args=[export.key]) if can_be_opened else None


def _exports(request: MeRequest) -> QuerySet[DataExport]:
    return DataExport.objects.visible_to(request.user).filter(customer__in=request.customer.file_ids).of_the_person()


@extend_schema_view(get=extend_schema(operation_id="list_data_exports", summary="Copies of one's own data"))
class DataExportsView(ListView):
    """The copies that were asked for in the app or in the reserved area, newest first."""

    serializer = DataExportRow
    right, right_to_read = Right.PEOPLE, True

    def rows(self) -> QuerySet:
        """Those that are not there any more too: that they were given is part of one's data."""
        return _exports(self.request)

    @writes(
        "ask_data_export",
        "Ask for a copy of one's own data",
        gives=DataExportRow,
        refused={TooManyDataExports.code: "so many were asked for in a day already"},
        description=(
            "Made within minutes by a worker, and announced by e-mail. One that is under way, or less than a day old, is "
            "answered as it is."
        ),
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """Asked twice, it is made once."""
        language = get_language() or request.customer.language
        channel = DataExport.Channel.APP
        export = ask_data_export(request.customer, by=request.user, channel=channel, language=language)
        return Response(DataExportRow(export).data, status=201)


class DataExportView(MeView):
    """One copy."""

    right, right_to_read = Right.PEOPLE, True

    @extend_schema(operation_id="get_data_export", summary="How far a copy is", responses=DataExportRow)
    def get(self, request: MeRequest, key: uuid.UUID) -> Response:
        """Ask again while it is `waiting` or `making`."""
        return Response(DataExportRow(get_object_or_404(_exports(request), key=key)).data)

    @writes(
        "end_data_export",
        "Delete a copy before its time",
        gives=None,
        status=204,
        is_keyed=False,
        refused={DataExportNotReady.code: "it is just being made"},
    )
    def delete(self, request: MeRequest, key: uuid.UUID) -> Response:
        """What was saved on the device remains there."""
        end_data_export(get_object_or_404(_exports(request), key=key))
        return Response(status=204)


class DataExportFileView(MeView):
    """The archive of a copy."""

    right, right_to_read = Right.PEOPLE, True

    @extend_schema(
        operation_id="get_data_export_file",
        summary="The archive of a copy",
        description=(
            "A ZIP with a document to read, the data for programs, and the person's files. Password or code are wanted "
            "again first (403 `fresh_proof_required`); each time it is taken is written down. "
            f"409 `{DataExportNotReady.code}` before it is made, `{DataExportEnded.code}` after its end."
        ),
        responses={(200, ZIP): OpenApiTypes.BINARY},
    )
    def get(self, request: MeRequest, key: uuid.UUID) -> HttpResponseBase:
        """Its bytes; 304 for an app that has them, which is no opening."""
        export = get_object_or_404(_exports(request), key=key)
        require_fresh_proof(request)
        tag = f'"{export.sha256}"'
        if export.is_open_at(timezone.now()) and (already := self.answered_already(request, tag)) is not None:
            return already
        is_real = request.method == "GET"
        answer = hand_out(export, by=request.user, door=DataExportOpening.Door.APP, is_real=is_real)
        answer["ETag"] = tag
        return answer


# --- Erasure ----------------------------------------------------------------------------------------------------------
class GoingShape(serializers.Serializer):
    """Rows of one heading that go."""

    heading = serializers.CharField()
    number = serializers.IntegerField()


class StayingShape(GoingShape):
    """Rows of one heading that stay, and why."""

    why = serializers.CharField()
    until = serializers.DateField(allow_null=True, help_text="Null where nobody knows the day yet")


class ErasureRequestShape(serializers.Serializer):
    """The last request for erasure."""

    id = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(ErasureRequest.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    asked_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="By when we answer: a month, or three where we said within the first why")
    lengthened_at = serializers.DateTimeField(allow_null=True, help_text="When we said that we need longer; else null")
    lengthened_because = serializers.CharField(help_text="Why we need longer; else empty")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was refused; else empty")


class ErasureShape(serializers.Serializer):
    """What an erasure would do now, and the request where one was made."""

    goes = GoingShape(many=True)
    stays = StayingShape(many=True)
    waits = serializers.ListField(child=serializers.CharField(), help_text="What has to end before anything goes")
    keeps_sign_in = serializers.BooleanField(help_text="The sign-in stays: the person acts for others by it")
    request = ErasureRequestShape(allow_null=True)


class ErasureInput(StrictSerializer):
    """That the person has read what goes and what stays."""

    read = serializers.BooleanField(help_text="True: what is erased cannot be brought back")

    def validate_read(self, value: bool) -> bool:
        """Only yes asks for it."""
        if not value:
            raise ValidationError(gettext_lazy("Tick that you have read it: what is erased cannot be brought back."))
        return value


def _asked(asked: ErasureRequest) -> dict[str, Any]:
    return written(
        asked,
        _("We have your request, and answer by %(day)s at the latest.") % {"day": written_day(asked.due_on, "il")},
    )


class ErasureView(MeView):
    """The erasure of one's own data."""

    right, right_to_read = Right.PEOPLE, True

    @extend_schema(operation_id="get_erasure", summary="What an erasure would do", responses=ErasureShape)
    def get(self, request: MeRequest) -> Response:
        """It changes nothing."""
        explained = explain_erasure(request.customer)
        last = ErasureRequest.objects.filter(customer=request.customer).order_by("-asked_at", "-pk").first()
        shown = {
            "goes": explained.goes,
            "stays": explained.stays,
            "waits": explained.waits,
            "keeps_sign_in": explained.keeps_sign_in,
            "request": last,
        }
        return Response(ErasureShape(shown).data)

    @writes(
        "ask_erasure",
        "Ask for erasure",
        takes=ErasureInput,
        description=(
            "A person decides within a month, or says within it why up to two more are needed. Password or code are wanted "
            "again first (403 `fresh_proof_required`). Asked twice it is one request."
        ),
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """Confirmed in writing."""
        given(ErasureInput, request)
        require_fresh_proof(request)
        asked = ask_erasure(request.customer, by=request.user)
        return Response(WrittenShape(_asked(asked)).data, status=201)


class ErasureWithdrawView(MeView):
    """Take a request for erasure back."""

    right = Right.PEOPLE

    @writes(
        "withdraw_erasure",
        "Take the request for erasure back",
        status=200,
        is_keyed=False,
        refused={"decided": "it was decided already"},
    )
    def post(self, request: MeRequest, pk: int) -> Response:
        """Done twice, it is done once."""
        asked = get_object_or_404(ErasureRequest, customer=request.customer, pk=pk)
        asked = withdraw_erasure(asked, by=request.user)
        return Response(WrittenShape(written(asked, _("Your request is withdrawn: nothing is erased."))).data)
