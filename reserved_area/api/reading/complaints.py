"""Complaints, as the app reads them: what was received, by when it is answered, and the answer with its letter."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from complaints.complainant_page import in_plain_words, letter_of, letter_response, standing_of
from complaints.documents.queries import documents_of, find_own_document
from complaints.documents.sources import ShownDocument
from complaints.models import AddedFile, Complaint, ComplaintAddition
from complaints.models.complaint import SHOWN_STATES
from foundation.files.downloads import PDF
from reserved_area.api.base import LinkField, ListView, MeRequest, MeView


class ComplaintRow(serializers.Serializer):
    """A complaint in the list."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    subject = serializers.CharField()
    state = serializers.ChoiceField(SHOWN_STATES)
    state_label = serializers.CharField(source="get_state_display")
    in_words = serializers.SerializerMethodField(help_text="How far it has come")
    policy = serializers.IntegerField(source="policy_id", allow_null=True)
    claim = serializers.IntegerField(source="claim_id", allow_null=True)
    received_on = serializers.DateField()
    answer_by = serializers.DateField(source="term_on", help_text="Day by which we must answer, as it stands today")
    answered_at = serializers.DateTimeField(allow_null=True)
    is_open = serializers.BooleanField()
    url = LinkField("me_complaint")

    def get_in_words(self, complaint: Complaint) -> str:
        """A sentence."""
        return in_plain_words(complaint)


class AddedFileRow(serializers.Serializer):
    """A file that was sent with a complaint."""

    key = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes")
    url = serializers.SerializerMethodField()

    def get_url(self, file: AddedFile) -> str:
        """Where its bytes are."""
        return reverse("me_complaint_file", args=[file.addition.complaint_id, file.key])


class AdditionRow(serializers.Serializer):
    """What was added to a complaint after it was sent."""

    text = serializers.CharField()
    received_at = serializers.DateTimeField()
    files = AddedFileRow(many=True, source="files.all")


class DocumentRow(serializers.Serializer):
    """A document of a complaint that one gave, by whichever way."""

    key = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes")
    given_on = serializers.DateField()
    way = serializers.CharField(help_text="By which way it came; may be empty")
    url = serializers.SerializerMethodField()

    def get_url(self, document: ShownDocument) -> str:
        """Where its bytes are."""
        return reverse("me_complaint_file", args=[self.context["complaint"].pk, document.key])


class ComplaintDetail(ComplaintRow):
    """A complaint with what was written, and the answer."""

    text = serializers.CharField()
    answer = serializers.CharField()
    days_left = serializers.IntegerField(allow_null=True, help_text="Until `answer_by`, while it is open")
    letter_url = serializers.CharField(allow_null=True, help_text="The answer as a PDF")
    additions = AdditionRow(many=True)
    documents = DocumentRow(many=True, help_text="All that one gave, also by post or with a request")
    mandate_wanted = serializers.CharField(help_text="The person whose mandate we asked for and await; else empty")


def _mine(request: MeRequest) -> QuerySet:
    return Complaint.objects.visible_to(request.user).with_term(timezone.localdate())


@extend_schema_view(get=extend_schema(operation_id="list_complaints", summary="One's complaints"))
class ComplaintsView(ListView):
    """Every complaint one made, newest first."""

    serializer, order = ComplaintRow, ("-received_on", "-pk")

    def rows(self) -> QuerySet:
        """With the term of the answer."""
        return _mine(self.request).select_related("double_of", "contact")


class ComplaintView(MeView):
    """One complaint."""

    @extend_schema(operation_id="get_complaint", summary="One complaint and its answer", responses=ComplaintDetail)
    def get(self, request: MeRequest, pk: int) -> Response:
        """What was written, by when it is answered, the answer, and what was added."""
        complaint = get_object_or_404(_mine(request).select_related("policy", "claim", "double_of", "contact"), pk=pk)
        standing = standing_of(complaint)
        additions = ComplaintAddition.objects.filter(complaint=complaint).prefetch_related("files__addition")
        more = {
            "text": complaint.text,
            "answer": complaint.answer,
            "days_left": standing["days_left"],
            "letter_url": reverse("me_complaint_letter", args=[pk]) if standing["letter"] is not None else None,
            "additions": AdditionRow(additions, many=True).data,
            "documents": DocumentRow(
                documents_of(complaint, for_complainant=True), many=True, context={"complaint": complaint}
            ).data,
            "mandate_wanted": standing["mandate_wanted"],
        }
        return Response({**ComplaintRow(complaint).data, **more})


class ComplaintLetterView(MeView):
    """The letter of the answer."""

    @extend_schema(
        operation_id="get_complaint_letter",
        summary="The answer letter",
        responses={(200, PDF): OpenApiTypes.BINARY},
    )
    def get(self, request: MeRequest, pk: int) -> HttpResponseBase:
        """A PDF; 404 before the answer."""
        return letter_response(letter_of(get_object_or_404(_mine(request), pk=pk)))


class ComplaintFileView(MeView):
    """A file of a complaint."""

    @extend_schema(
        operation_id="get_complaint_file",
        summary="A file sent with a complaint",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: MeRequest, pk: int, key: UUID) -> HttpResponseBase:
        """Its bytes, as they came."""
        file = find_own_document(get_object_or_404(_mine(request), pk=pk), key)
        if file is None:
            raise Http404
        return self.kept_file(file)
