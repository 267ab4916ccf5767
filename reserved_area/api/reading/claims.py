"""Claims, as the app reads them: how far they have come, by when the law wants what, and what was written and sent."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from customers.claim_reports.lines import Step as ReportStep
from customers.claim_steps import answer_due_on, steps_of
from customers.models import AskedDocument, Claim, ClaimFile, Policy
from reserved_area.api.base import LinkField, ListView, MeRequest, MeView, MoneyField
from reserved_area.api.reading.documents import PaperRow
from reserved_area.api.reading.offers import OfferShape
from reserved_area.api.reading.shapes import StandingShape, ThreadShape
from reserved_area.claim_page import report_of
from reserved_area.offers import offered
from reserved_area.papers import documents_of_claim


class ClaimRow(serializers.Serializer):
    """A claim in the list."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField(help_text="Repertory number; until it comes, that of the report")
    report_number = serializers.CharField()
    waits_for_number = serializers.BooleanField()
    policy = serializers.IntegerField(source="policy_id")
    policy_number = serializers.CharField(source="policy.number")
    product = serializers.CharField(source="policy.product")
    kind = serializers.ChoiceField(Claim.Kind.choices)
    kind_label = serializers.CharField(source="get_kind_display")
    state = serializers.ChoiceField(Claim.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    is_open = serializers.SerializerMethodField()
    occurred_on = serializers.DateField()
    reported_on = serializers.DateField()
    answer_by = serializers.SerializerMethodField(help_text="Day by which the law wants an offer or reasons")
    adjuster = serializers.CharField()
    adjuster_phone = serializers.CharField()
    url = LinkField("me_claim")

    def get_is_open(self, claim: Claim) -> bool:
        """Neither paid nor refused nor closed."""
        return claim.state in Claim.OPEN_STATES

    def get_answer_by(self, claim: Claim) -> date | None:
        """The day, or null."""
        return answer_due_on(claim)


class ClaimStepShape(serializers.Serializer):
    """A step of a claim."""

    name = serializers.CharField()
    is_done = serializers.BooleanField()
    is_now = serializers.BooleanField()
    on = serializers.DateField(allow_null=True)
    by = serializers.DateField(allow_null=True, help_text="Day that the law sets")


class ClaimFileRow(serializers.Serializer):
    """A photograph or document that was sent with the claim."""

    key = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes")
    sha256 = serializers.CharField()
    received_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    def get_url(self, file: ClaimFile) -> str:
        """Where its bytes are."""
        return reverse("me_claim_file", args=[file.claim_id, file.key])


class AskedDocumentRow(serializers.Serializer):
    """A document that we need from the reporter."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    why = serializers.CharField()
    due_on = serializers.DateField()
    state = serializers.ChoiceField(AskedDocument.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    ended_at = serializers.DateTimeField(allow_null=True)


class AnswerShape(serializers.Serializer):
    """What was answered to a question of the report."""

    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away
    text = serializers.CharField()


class ReportedStepShape(serializers.Serializer):
    """A step of the report, with its answers."""

    title = serializers.CharField()
    answers = AnswerShape(many=True)


class ClaimFacts(serializers.Serializer):
    """What is shown of one claim beside its row. The report, its files and the thread are for the person who reported it."""

    is_reporter = serializers.BooleanField()
    steps = ClaimStepShape(many=True)
    days_left = serializers.IntegerField(allow_null=True, help_text="Until `answer_by`; below 0: we are late")
    place = serializers.CharField()
    description = serializers.CharField()
    occurred_time = serializers.TimeField(allow_null=True)
    assessor = serializers.CharField()
    repairer = serializers.CharField()
    complete_on = serializers.DateField(allow_null=True)
    offered_on = serializers.DateField(allow_null=True)
    offered_amount = MoneyField(allow_null=True)
    accepted_on = serializers.DateField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)
    paid_amount = MoneyField(allow_null=True)
    report = ReportedStepShape(many=True)
    files = ClaimFileRow(many=True)
    asked_documents = AskedDocumentRow(many=True)
    standing = StandingShape(allow_null=True)
    thread = ThreadShape()
    documents = PaperRow(many=True)
    offers = OfferShape(many=True, help_text="What can be done about it, and why not")


class ClaimDetail(ClaimFacts, ClaimRow):
    """A claim with all that its page shows."""


@extend_schema_view(get=extend_schema(operation_id="list_claims", summary="Claims one reported, or on one's policies"))
class ClaimsView(ListView):
    """Every claim one reported, or that was reported under one's policies, newest first."""

    serializer, order = ClaimRow, ("-reported_on", "-pk")
    for_heirs = True

    def rows(self) -> QuerySet:
        """With the policy."""
        return Claim.objects.visible_to(self.request.user).for_list()

    def shown_with(self) -> dict[str, QuerySet]:
        """The policy's number stands in the row."""
        return {"policy": Policy.objects.visible_to(self.request.user)}


class ClaimView(MeView):
    """One claim."""

    parameters = ("before",)
    for_heirs = True

    @extend_schema(
        operation_id="get_claim",
        summary="One claim with all about it",
        parameters=[OpenApiParameter("before", int, description="Messages before this one: the thread's `earlier`")],
        responses=ClaimDetail,
    )
    def get(self, request: MeRequest, pk: int) -> Response:
        """How far it has come, by when what is owed, and what was written and sent."""
        claim = get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)
        reported = report_of(claim, request.customer, before=request.query_params.get("before", ""))
        return Response({**ClaimRow(claim).data, **ClaimFacts(_about(request, claim, reported)).data})


def _about(request: MeRequest, claim: Claim, reported: dict[str, Any]) -> dict[str, Any]:
    """The page's facts under the names of the API."""
    answer_by, is_mine = answer_due_on(claim), reported["is_reporter"]
    names = ("place", "assessor", "repairer", "complete_on", "offered_on", "offered_amount")
    return {
        **{name: getattr(claim, name) for name in (*names, "accepted_on", "paid_on", "paid_amount")},
        "is_reporter": is_mine,
        "steps": steps_of(claim),
        "days_left": (answer_by - timezone.localdate()).days if answer_by else None,
        # In the reporter's own words: about an injury they may reveal too much to an employer.
        "description": claim.description if is_mine else "",
        "occurred_time": claim.occurred_time if is_mine else None,
        "report": [_answered(step, rows) for step, rows in reported.get("reported", []) if rows],
        "files": reported.get("claim_files", []),
        "asked_documents": reported.get("asked_documents", []),
        "standing": reported.get("conversation_standing"),
        "thread": {"messages": reported.get("thread", []), "earlier": reported.get("earlier")},
        "documents": documents_of_claim(request, claim)["documents"],
        "offers": offered(request.customer, claim=claim)["offers"],
    }


def _answered(step: ReportStep, rows: Any) -> dict[str, Any]:
    return {"title": step.title, "answers": rows}


class ClaimFileView(MeView):
    """A photograph or document of a claim."""

    for_heirs = True

    @extend_schema(
        operation_id="get_claim_file",
        summary="A file of a claim",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: MeRequest, pk: int, key: UUID) -> HttpResponseBase:
        """Its bytes, as they came."""
        mine = ClaimFile.objects.visible_to(request.user).filter(claim__customer=request.customer, claim=pk)
        return self.kept_file(get_object_or_404(mine, key=key))
