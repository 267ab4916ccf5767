"""Documents, as the app reads them: the list, one with its versions, and the files."""

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from customers.documents.handing_out import open_document
from customers.models import Document, DocumentOpening, Policy
from foundation.numbers import whole_number
from reserved_area.api.base import LinkField, ListView, MeRequest, MeView
from reserved_area.documents import MOST_VERSIONS


class PaperRow(serializers.Serializer):
    """A document in a list."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(Document.Kind.choices)
    kind_label = serializers.CharField(source="get_kind_display")
    title = serializers.CharField()
    dated_on = serializers.DateField()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    policy = serializers.IntegerField(source="policy_id", allow_null=True)
    claim = serializers.IntegerField(source="claim_id", allow_null=True)
    version = serializers.IntegerField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes")
    sha256 = serializers.CharField(help_text="Of the bytes: what was loaded can be compared")
    name = serializers.CharField(help_text="Of a saved copy")
    url = LinkField("me_document")
    file_url = LinkField("me_document_file")


class PaperDetail(PaperRow):
    """A document, with the versions that it replaced."""

    replaced_at = serializers.DateTimeField(allow_null=True)
    versions = PaperRow(many=True)


@extend_schema_view(get=extend_schema(operation_id="list_documents", summary="One's own documents as they are now"))
class DocumentsView(ListView):
    """Every document of one's own that no later version replaced, newest first."""

    serializer, order = PaperRow, ("-dated_on", "-pk")
    filters = {"kind": {"type": "string", "enum": Document.Kind.values}, "policy": {"type": "integer", "minimum": 1}}
    for_heirs = True

    def rows(self) -> QuerySet:
        """Those of a kind and of a policy, where these are asked for."""
        rows = Document.objects.visible_to(self.request.user).current()
        kind, policy = (self.request.query_params.get(name) for name in ("kind", "policy"))
        if kind is not None:
            if kind not in Document.Kind.values:
                known = {"known": ", ".join(Document.Kind.values)}
                raise ValidationError({"kind": [_("There is no such kind. There are: %(known)s.") % known]})
            rows = rows.filter(kind=kind)
        if policy is not None:
            if (number := whole_number(policy)) is None:
                raise ValidationError({"policy": [_("Write the policy's id, a number.")]})
            mine = Policy.objects.visible_to(self.request.user)
            rows = rows.filter(policy__in=mine.filter(pk=number))
        return rows


class DocumentView(MeView):
    """One document."""

    for_heirs = True

    @extend_schema(operation_id="get_document", summary="One document and its versions", responses=PaperDetail)
    def get(self, request: MeRequest, pk: int) -> Response:
        """What it is, and what it replaced."""
        document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
        versions = Document.objects.visible_to(request.user).exclude(pk=pk)
        versions = versions.filter(source=document.source, external_key=document.external_key).order_by("-version")
        shown = PaperRow(versions[:MOST_VERSIONS], many=True).data
        replaced = document.replaced_at
        return Response({**PaperRow(document).data, "replaced_at": replaced, "versions": shown})


class DocumentFileView(MeView):
    """The file of a document."""

    for_heirs = True

    @extend_schema(
        operation_id="get_document_file",
        summary="The file of a document",
        description="A stream with its length. The opening is written down, and shown to the person as on the pages.",
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "image/png"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: MeRequest, pk: int) -> HttpResponseBase:
        """Its bytes; 304 for an app that has them, which is no opening."""
        document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
        tag = f'"{document.sha256}"'
        if (already := self.answered_already(request, tag)) is not None:
            return already
        is_real = request.method == "GET"
        door = DocumentOpening.Door.APP
        answer = open_document(document, by=request.user, door=door, is_shown=False, is_real=is_real)
        answer["ETag"] = tag
        return answer
