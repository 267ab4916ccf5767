"""Reporting a claim by the app: begin a draft, save its steps, send its photographs one by one, review and send it.

A draft is on the server: it goes on from any device, the page included. Steps and questions are those of the guide
(`customers.claim_reports.lines`), so a question that is added there is asked by the app as well.
"""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from contact_center.claims.reporting import send_claim_report
from customers.claim_reports.commands import (
    DraftGone,
    SameDay,
    add_files,
    begin_draft,
    discard_draft,
    remove_file,
    save_step,
)
from customers.claim_reports.forms import SendForm, StepForm
from customers.claim_reports.lines import Question, Step, guide_for
from customers.claim_reports.queries import policies_to_report, standing_of
from customers.models import ClaimDraft, ClaimFile, ClaimReport, Policy
from customers.models.account import Right
from customers.models.claim_report import ClaimDraftQuerySet
from foundation.api.strict import StrictSerializer
from foundation.refusals import ChangedMeanwhile, Refused
from reserved_area.api.base import MeRequest, MeView, RightMissing
from reserved_area.api.writing.door import LONGEST_TEXT, conflict, filled_in, form_data, given, writes
from reserved_area.api.writing.uploads import BROKEN, FileInput, file_sent
from reserved_area.claim_page import days_for_offer

ENDED = {"draft_gone": "it was sent, or given up"}


# --- What an answer looks like ----------------------------------------------------------------------------------------
class ChoiceShape(serializers.Serializer):
    """What may be chosen."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # of the answer, not of the class


class ConditionShape(serializers.Serializer):
    """The earlier question of the step, and the answer with which this one is asked at all."""

    question = serializers.CharField()
    value = serializers.CharField()


class QuestionShape(serializers.Serializer):
    """One question."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # of the answer, not of the class
    kind = serializers.CharField(help_text="line, text, day, time, yes_no, choice, phone or plate")
    required = serializers.BooleanField(help_text="Where it is asked at all")  # type: ignore[assignment]
    hint = serializers.CharField()
    most = serializers.IntegerField(help_text="Characters")
    choices = ChoiceShape(many=True)
    only_if = ConditionShape(allow_null=True)


class StepShape(serializers.Serializer):
    """Some questions that are saved together, with what was answered."""

    key = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    is_saved = serializers.BooleanField()
    is_complete = serializers.BooleanField(help_text="Nothing obligatory is missing")
    questions = QuestionShape(many=True)
    answers = serializers.DictField(
        child=serializers.CharField(), help_text="Days and times as ISO texts, phones as E.164"
    )


class FileShape(serializers.Serializer):
    """A photograph or document of a report."""

    key = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    url = serializers.CharField()


class DraftRow(serializers.Serializer):
    """A report under way."""

    key = serializers.UUIDField()
    policy = serializers.IntegerField()
    policy_number = serializers.CharField()
    product = serializers.CharField()
    version = serializers.IntegerField(help_text="Send it with the next step that you save")
    begun_at = serializers.DateTimeField()
    saved_at = serializers.DateTimeField()
    url = serializers.CharField()


class DraftsShape(serializers.Serializer):
    """The reports under way, the latest first: at most ten."""

    results = DraftRow(many=True)


class DraftShape(DraftRow):
    """A report under way, with its guide and what was answered."""

    guide = serializers.CharField()
    guide_label = serializers.CharField()
    photographs = serializers.CharField(help_text="What is good to have photographs of")
    steps = StepShape(many=True)
    files = FileShape(many=True)
    is_complete = serializers.BooleanField(help_text="It can be sent")
    is_outside = serializers.BooleanField(
        help_text="On that day the policy did not cover: `outside` is to be confirmed"
    )
    twin = serializers.IntegerField(
        allow_null=True, help_text="A claim of the same policy and day: `another` is to be confirmed"
    )
    clashes = serializers.DictField(
        child=serializers.CharField(), help_text="Answers that rule each other out, in words"
    )


class SentShape(serializers.Serializer):
    """A report as it was sent."""

    claim = serializers.IntegerField()
    number = serializers.CharField(help_text="Of the report: what a person quotes")
    offer_days = serializers.IntegerField(
        allow_null=True, help_text="Days that the law gives us from the complete file"
    )
    message = serializers.CharField()
    url = serializers.CharField()


def _question(question: Question) -> dict[str, Any]:
    condition = question.only_if
    return {
        "name": question.name,
        "label": question.label,
        "kind": question.kind.value,
        "required": question.required,
        "hint": question.hint,
        "most": question.most,
        "choices": [{"value": value, "label": label} for value, label in question.options],
        "only_if": {"question": condition[0], "value": condition[1]} if condition else None,
    }


def _row(draft: ClaimDraft) -> dict[str, Any]:
    return {
        "key": draft.key,
        "policy": draft.policy_id,
        "policy_number": draft.policy.number,
        "product": draft.policy.product,
        "version": draft.version,
        "begun_at": draft.begun_at,
        "saved_at": draft.saved_at,
        "url": reverse("me_claim_report", args=[draft.key]),
    }


def _shown(draft: ClaimDraft) -> dict[str, Any]:
    """The draft with its guide; five queries."""
    standing = standing_of(draft)
    lacking = {step.key for step in standing.lacking}
    shown = {
        **_row(draft),
        "guide": standing.guide.key,
        "guide_label": standing.guide.name,
        "photographs": standing.guide.photographs,
        "steps": [
            {
                "key": step.key,
                "title": step.title,
                "text": step.text,
                "is_saved": step.key in draft.answers,
                "is_complete": step.key not in lacking,
                "questions": [_question(each) for each in step.questions],
                "answers": draft.answers.get(step.key, {}),
            }
            for step in standing.guide.steps
        ],
        "files": [_file(draft, each) for each in draft.files.all()],
        "is_complete": standing.is_complete,
        "is_outside": standing.is_outside,
        "twin": standing.twin.pk if standing.twin else None,
        "clashes": standing.clashes,
    }
    return DraftShape(shown).data


def _file(draft: ClaimDraft, file: Any) -> dict[str, Any]:
    return {
        "key": file.key,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "url": reverse("me_claim_report_file", args=[draft.key, file.key]),
    }


# --- The doors ------------------------------------------------------------------------------------------------------------
class BeginInput(StrictSerializer):
    """Under which policy."""

    policy = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Held, or one that covers oneself")


class ReportView(MeView):
    """What the addresses of a report share: a draft is open to those who may report, and to nobody who only looks."""

    right = Right.REPORT
    for_heirs = True

    def check_permissions(self, request: Request) -> None:
        """To look at a draft asks for the right as well: it may tell of an injury."""
        super().check_permissions(request)
        if not self.request.account.may(Right.REPORT):
            raise RightMissing(Right.REPORT)

    def drafts(self) -> ClaimDraftQuerySet:
        """Those of the customer."""
        return ClaimDraft.objects.visible_to(self.request.user).filter(customer=self.request.customer)

    def draft(self, report: uuid.UUID) -> ClaimDraft:
        """The one with this key; Refused where it was sent meanwhile, 404 for any other."""
        found = self.drafts().select_related("policy", "customer").filter(key=report).first()
        if found is None:
            sent = ClaimReport.objects.filter(submission_key=report, claim__customer=self.request.customer).first()
            if sent is None:
                raise NotFound
            gone = DraftGone(_("This report is no longer under way: it was sent, or given up."))
            raise conflict(gone, claim=sent.claim_id, url=reverse("me_claim", args=[sent.claim_id]))
        return found


class ReportsView(ReportView):
    """The reports under way, and a new one."""

    @extend_schema(operation_id="list_claim_reports", summary="Claim reports under way", responses=DraftsShape)
    def get(self, request: MeRequest) -> Response:
        """Those begun on a page, or by an agent on the telephone, as well."""
        return Response(DraftsShape({"results": [_row(each) for each in self.drafts().for_list()]}).data)

    @writes(
        "begin_claim_report",
        "Begin to report a claim",
        takes=BeginInput,
        gives=DraftShape,
        refused={
            "policy_not_theirs": "no claim can be reported under it here",
            "too_many_drafts": "ten are under way",
        },
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """An empty draft."""
        policies = Policy.objects.visible_to(request.user)
        policy = get_object_or_404(policies, pk=given(BeginInput, request)["policy"])
        channel = ClaimDraft.Channel.APP
        draft = begin_draft(key=key, customer=request.customer, policy=policy, by=request.user, channel=channel)
        return Response(_shown(draft), status=201)


class PoliciesToReportShape(serializers.Serializer):
    """The policies that a claim can be reported under, those alive first."""

    results = serializers.ListField(child=serializers.IntegerField())


class PoliciesToReportView(ReportView):
    """Under which policies a claim can be reported."""

    @extend_schema(
        operation_id="list_policies_to_report",
        summary="Ids of the policies that a claim can be reported under",
        responses=PoliciesToReportShape,
    )
    def get(self, request: MeRequest) -> Response:
        """At most a hundred."""
        found = policies_to_report(request.customer, timezone.localdate())
        return Response({"results": list(found.values_list("pk", flat=True)[:100])})


class ReportDraftView(ReportView):
    """One report under way."""

    @extend_schema(operation_id="get_claim_report", summary="A claim report under way", responses=DraftShape)
    def get(self, request: MeRequest, report: uuid.UUID) -> Response:
        """With its guide, what was answered, its files, and what is still missing."""
        return Response(_shown(self.draft(report)))

    @writes("discard_claim_report", "Give a claim report up", gives=None, status=204, is_keyed=False, refused=ENDED)
    def delete(self, request: MeRequest, report: uuid.UUID) -> Response:
        """Nothing of it remains."""
        discard_draft(self.draft(report))
        return Response(status=204)


class StepInput(StrictSerializer):
    """The answers of a step, all of them; what is left out counts as not answered."""

    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="Of the draft that the person saw")
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=2 * LONGEST_TEXT, trim_whitespace=False),
        help_text="By the names of the step's questions. Days as YYYY-MM-DD, times as HH:MM, choices by value",
    )


class ReportStepView(ReportView):
    """One step of a report."""

    @writes(
        "save_claim_report_step",
        "Save a step of a claim report",
        takes=StepInput,
        gives=DraftShape,
        status=200,
        is_keyed=False,
        refused={
            **ENDED,
            "changed_meanwhile": (
                "it was saved from elsewhere: `saved` are the answers that stand, `version` the one to send with what should stand"
            ),
        },
        description="Saved again with the same answers it does nothing, whatever the version.",
    )
    def put(self, request: MeRequest, report: uuid.UUID, step: str) -> Response:
        """Nothing that was saved from elsewhere is written over unseen."""
        draft = self.draft(report)
        guide = guide_for(draft.policy.ramo)
        found = guide.step(step)
        if found is None:
            raise NotFound
        sent = given(StepInput, request)
        known = {each.name for each in found.questions}
        if unknown := sorted(sent["answers"].keys() - known):
            raise ValidationError(
                {"answers": {name[:80]: [_("This step does not ask this.")] for name in unknown[:20]}}
            )
        form = StepForm(
            form_data({**sent["answers"], "seen_version": str(sent["version"])}),
            guide=guide,
            step=found,
            answers=draft.answers,
            version=draft.version,
        )
        filled_in(form, names={name: f"answers.{name}" for name in known} | {"seen_version": "version"})
        try:
            draft = save_step(draft, found, answers=form.answers(), seen_version=sent["version"], by=request.user)
        except ChangedMeanwhile as refusal:
            raise self._changed(draft, found, refusal) from refusal
        return Response(_shown(draft))

    def _changed(self, draft: ClaimDraft, step: Step, refusal: Refused) -> Exception:
        draft.refresh_from_db()
        sentence = _(
            "This report was saved from another page or device meanwhile: look at both answers, then send the one that is right."
        )
        changed = Refused(sentence, code=refusal.code)
        return conflict(changed, saved=draft.answers.get(step.key, {}), version=draft.version)


class ReportFilesView(ReportView):
    """The photographs and documents of a report."""

    parser_classes = [MultiPartParser]

    @writes(
        "add_claim_report_file",
        "Add a photograph or document to a claim report",
        takes={"multipart/form-data": FileInput},
        gives=FileShape,
        refused={**BROKEN, **ENDED},
        description="One file at a time, with the same Idempotency-Key as often as it takes. The same picture twice is one.",
    )
    def post(self, request: MeRequest, report: uuid.UUID, *, key: uuid.UUID) -> Response:
        """Kept whole, or not at all."""
        draft = self.draft(report)
        added = add_files(draft, [file_sent(request)], by=request.user)
        if added.refused:
            raise ValidationError({"file": added.refused})
        return Response(FileShape(_file(draft, added.kept[0])).data, status=201)


class ReportFileView(ReportView):
    """One file of a report."""

    @extend_schema(
        operation_id="get_claim_report_file",
        summary="A file of a claim report under way",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: MeRequest, report: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
        """As a download."""
        return self.kept_file(get_object_or_404(ClaimFile, draft=self.draft(report), key=file))

    @writes("remove_claim_report_file", "Take a file away", gives=None, status=204, is_keyed=False, refused=ENDED)
    def delete(self, request: MeRequest, report: uuid.UUID, file: uuid.UUID) -> Response:
        """One that is gone already is no matter."""
        remove_file(self.draft(report), key=file, by=request.user)
        return Response(status=204)


class SendInput(StrictSerializer):
    """What has to be said yes to before it is sent; `another` and `outside` where the draft says that they apply."""

    declared = serializers.BooleanField(help_text="What I wrote is true and complete as far as I know")
    another = serializers.BooleanField(required=False, help_text="This is another event than the one of the same day")
    outside = serializers.BooleanField(
        required=False, help_text="I know that the day is outside the period of the policy"
    )


class ReportSendView(ReportView):
    """Send a report."""

    @writes(
        "send_claim_report",
        "Send a claim report",
        takes=SendInput,
        gives=SentShape,
        is_keyed=False,
        refused={
            **ENDED,
            "not_complete": "obligatory answers are missing",
            "outside_cover": "the policy did not cover on that day: confirm `outside`",
            "same_day": "there is a claim of that day, `claim`: confirm `another`",
            "policy_not_theirs": "the policy is no longer theirs",
        },
        description="The same report sent twice is one claim: the answer is the same.",
    )
    def post(self, request: MeRequest, report: uuid.UUID) -> Response:
        """It becomes a claim at once, and the customer is written to."""
        draft = self.drafts().select_related("policy", "customer").filter(key=report).first()
        sent_before = ClaimReport.objects.filter(submission_key=report, claim__customer=request.customer)
        if draft is None and not sent_before.exists():
            raise NotFound
        sent, agreed = given(SendInput, request), {}
        if draft is not None:
            standing = standing_of(draft)
            form = SendForm(
                {name: "on" for name, value in sent.items() if value},
                is_twin=standing.twin is not None,
                is_outside=standing.is_outside,
            )
            agreed = filled_in(form)
        return Response(self._sent(report, agreed), status=201)

    def _sent(self, report: uuid.UUID, agreed: dict[str, Any]) -> dict[str, Any]:
        request = self.request
        try:
            done = send_claim_report(
                key=report,
                customer=request.customer,
                by=request.user,
                is_another=agreed.get("another", False),
                is_outside_known=agreed.get("outside", False),
            )
        except SameDay as refusal:
            raise conflict(
                refusal, claim=refusal.claim.pk, url=reverse("me_claim", args=[refusal.claim.pk])
            ) from refusal
        number = done.report.number
        return SentShape(
            {
                "claim": done.claim.pk,
                "number": number,
                "offer_days": days_for_offer(done.claim),
                "message": _("We have received your report: its number is %(number)s.") % {"number": number},
                "url": reverse("me_claim", args=[done.claim.pk]),
            }
        ).data
