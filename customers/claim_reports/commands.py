"""Commands of a claim report: begin it, save a step, add and take away files, give it up, send it.

They serve whoever writes it: the customer in the reserved area or the app, an agent for a caller. What opens a contact
and writes to the customer is in `contact_center/claims/`.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.claim_reports.lines import (
    Answers,
    Step,
    answer,
    guide_for,
    held,
    kind_of,
    occurred_on,
    occurred_time,
    signed_by_both,
)
from customers.claim_reports.queries import Standing, policies_to_report, standing_of
from customers.models import Claim, ClaimDraft, ClaimFile, ClaimReport, Customer, Policy, ReportYear, User
from customers.models.claim import report_number
from foundation.files.accepted import CLAIM, CheckedFile, check_file, clean_name
from foundation.files.keeping import FilesNotKept, keep_files
from foundation.refusals import ChangedMeanwhile, Refused

MOST_DRAFTS = 10  # of one customer at once
FORGOTTEN_AT_ONCE = 500


class DraftGone(Refused):
    """The draft was sent, given up or forgotten meanwhile."""

    code = "draft_gone"


class SameDay(Refused):
    """There is a claim of the same policy and day already; `claim` is that one."""

    code = "same_day"

    def __init__(self, claim: Claim):
        super().__init__(
            _("A claim of the same day was reported already: %(number)s. Is this another event?")
            % {"number": claim.number}
        )
        self.claim = claim


# --- Writing it ---------------------------------------------------------------------------------------------------
@transaction.atomic
def begin_draft(
    *, key: uuid.UUID, customer: Customer, policy: Policy, by: User, channel: str = ClaimDraft.Channel.PORTAL
) -> ClaimDraft:
    """Begin a report under a policy of the customer's; the same `key` again returns the draft that it began.

    Refused for a policy that neither is nor was theirs, and beyond MOST_DRAFTS drafts.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if (before := ClaimDraft.objects.filter(key=key, customer=customer).first()) is not None:
        return before
    if not policies_to_report(customer, timezone.localdate()).filter(pk=policy.pk).exists():
        raise Refused(
            _("No claim can be reported under this policy here: choose one of your own."), code="policy_not_theirs"
        )
    if ClaimDraft.objects.filter(customer=customer).count() >= MOST_DRAFTS:
        raise Refused(
            _("There are %(most)d reports under way already: send one of them or give it up first.")
            % {"most": MOST_DRAFTS},
            code="too_many_drafts",
        )
    return ClaimDraft.objects.create(
        key=key, customer=customer, policy=policy, channel=channel, begun_by=by, saved_by=by
    )


@transaction.atomic
def save_step(draft: ClaimDraft, step: Step, *, answers: Mapping[str, Any], seen_version: int, by: User) -> ClaimDraft:
    """Keep the answers of a step.

    ChangedMeanwhile when the draft was saved from somewhere else since the page was opened, unless the same was saved;
    DraftGone when it is there no more.
    """
    draft = _locked(draft)
    given = dict(answers)
    if draft.version != seen_version:
        if draft.answers.get(step.key) == given:
            return draft
        raise ChangedMeanwhile(
            _(
                "This report was saved from another page or device meanwhile. What you wrote here is still on the page: "
                "send it again to keep it instead."
            )
        )
    draft.answers = {**draft.answers, step.key: given}
    return _touched(draft, by)


def _touched(draft: ClaimDraft, by: User) -> ClaimDraft:
    draft.version += 1
    draft.saved_at, draft.saved_by = timezone.now(), by
    draft.save(update_fields=["answers", "version", "saved_at", "saved_by"])
    return draft


def _locked(draft: ClaimDraft) -> ClaimDraft:
    found = (
        ClaimDraft.objects.select_for_update(of=["self"])
        .select_related("policy", "customer")
        .filter(pk=draft.pk)
        .first()
    )
    if found is None:
        raise DraftGone(_("This report is no longer under way: it was sent, or given up."))
    return found


# --- Files --------------------------------------------------------------------------------------------------------
@dataclass
class Added:
    """What became of files that were sent: those that are kept, and a sentence about each that is not, naming it."""

    kept: list[ClaimFile] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def add_files(draft: ClaimDraft, uploads: Iterable[UploadedFile | File], *, by: User) -> Added:
    """Add files to a draft, each by itself: what cannot be kept is named, and the others are kept all the same.

    The same file twice is one. Pictures lose what their camera wrote, and are turned upright. DraftGone when the draft is
    there no more.
    """
    added = Added()
    for upload in uploads:
        try:
            checked = check_file(upload, CLAIM, turns=True, from_page=True)
            added.kept.append(_add_file(draft, checked, by))
        except ValidationError as error:
            added.refused += error.messages
        except FilesNotKept:
            added.refused.append(
                _("“%(name)s” cannot be kept just now: try again later. What is here already remains.")
                % {"name": clean_name(upload.name or "")}
            )
    return added


@transaction.atomic
def _add_file(draft: ClaimDraft, file: CheckedFile, by: User) -> ClaimFile:
    draft = _locked(draft)
    if (before := ClaimFile.objects.filter(draft=draft, sha256=file.sha256).first()) is not None:
        return before
    refuse_more_than_fits(ClaimFile.objects.filter(draft=draft).aggregate(n=Count("pk"), size=Sum("size")), file)
    draft.saved_at, draft.saved_by = timezone.now(), by
    draft.save(update_fields=["saved_at", "saved_by"])
    [kept] = keep_files(ClaimFile, [file], draft=draft, given_by=by)
    return kept


def refuse_more_than_fits(there: Mapping[str, int | None], file: CheckedFile) -> None:
    """ValidationError, naming the file, where it would be one too many (`n`) or too much (`size`, bytes) beside those there."""
    if (there["n"] or 0) >= CLAIM.files:
        raise ValidationError(
            ngettext(
                "“%(name)s” was left out: there is room for %(most)d file.",
                "“%(name)s” was left out: there is room for %(most)d files.",
                CLAIM.files,
            )
            % {"name": file.name, "most": CLAIM.files},
            code="too_many_files",
        )
    if (there["size"] or 0) + file.size > CLAIM.together:
        raise ValidationError(
            _("“%(name)s” was left out: together the files may take %(most)s.")
            % {"name": file.name, "most": CLAIM.together_in_words},
            code="files_too_large",
        )


@transaction.atomic
def remove_file(draft: ClaimDraft, *, key: uuid.UUID, by: User) -> ClaimDraft:
    """Take a file away from a draft; one that is gone already is no matter."""
    draft = _locked(draft)
    _delete(ClaimFile.objects.filter(draft=draft, key=key))
    draft.saved_at, draft.saved_by = timezone.now(), by
    draft.save(update_fields=["saved_at", "saved_by"])
    return draft


def _delete(files: Iterable[ClaimFile]) -> None:
    """Delete rows of a draft, and their files once that is certain."""
    for each in files:
        stored, name = each.file.storage, each.file.name or ""
        each.delete()
        transaction.on_commit(partial(stored.delete, name), robust=True)


# --- Its end ------------------------------------------------------------------------------------------------------
@transaction.atomic
def discard_draft(draft: ClaimDraft) -> None:
    """Give a draft up: nothing of it remains. One that is gone already is no matter."""
    found = ClaimDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if found is not None:
        _delete(ClaimFile.objects.filter(draft=found))
        found.delete()


def forget_drafts(now: datetime) -> int:
    """Give up the drafts that nobody touched for CLAIM_DRAFT_DAYS days, FORGOTTEN_AT_ONCE of them; returns how many."""
    old = ClaimDraft.objects.saved_before(now - timedelta(days=settings.CLAIM_DRAFT_DAYS)).order_by("saved_at")
    forgotten = list(old[:FORGOTTEN_AT_ONCE])
    for each in forgotten:
        discard_draft(each)
    return len(forgotten)


@dataclass(frozen=True)
class Sent:
    """A report as it was sent, and whether this call sent it."""

    report: ClaimReport
    is_new: bool

    @property
    def claim(self) -> Claim:
        """The claim that it made."""
        return self.report.claim


@transaction.atomic
def send_report(
    *, key: uuid.UUID, customer: Customer, by: User, is_another: bool = False, is_outside_known: bool = False
) -> Sent:
    """Make a claim of the draft with this key, under the next number of the year; the same key again returns the claim it made.

    The claim is there at once, known by the number of the report until the repertory number comes with the company's
    file. Refused while an obligatory question has no answer, for a policy that is no affair of the customer's, and for a
    day outside the policy's period unless that is known; SameDay where there is a claim of the same policy and day,
    unless this is another event; DraftGone where there is neither draft nor report.
    """
    drafts = ClaimDraft.objects.select_for_update(of=["self"]).select_related("policy", "customer")
    found = drafts.filter(key=key, customer=customer).first()
    if found is None:
        return Sent(_sent_before(key, customer), is_new=False)
    year, _moment = ReportYear.locked_now()
    standing = standing_of(found)
    _refuse_unless_ready(standing, is_another=is_another, is_outside_known=is_outside_known)
    number = year.take_number()
    found.answers = held(standing.guide, found.answers)  # what another answer left out is no part of the report
    claim = _claim_of(found, report_number(year.year, number))
    report = ClaimReport.objects.create(
        submission_key=found.key,
        claim=claim,
        year=year,
        sequence=number,
        guide=standing.guide.key,
        answers=found.answers,
        beside=standing.twin,
        channel=found.channel,
        sent_by=by,
    )
    ClaimFile.objects.filter(draft=found).update(draft=None, claim=claim)
    found.delete()
    return Sent(report, is_new=True)


def _sent_before(key: uuid.UUID, customer: Customer) -> ClaimReport:
    reports = ClaimReport.objects.select_related("claim__policy", "claim__customer")
    report = reports.filter(submission_key=key, claim__customer=customer).first()
    if report is None:
        raise DraftGone(_("This report is no longer under way: it was sent, or given up."))
    return report


def _refuse_unless_ready(standing: Standing, *, is_another: bool, is_outside_known: bool) -> None:
    if not standing.is_theirs:
        raise Refused(
            _("This policy is no longer yours, so nothing can be reported under it here. Write to us, or call us."),
            code="policy_not_theirs",
        )
    if not standing.is_complete:
        names = ", ".join(str(step.title) for step in standing.lacking)
        raise Refused(_("Some answers are still missing: %(steps)s.") % {"steps": names}, code="not_complete")
    if standing.is_outside and not is_outside_known:
        raise Refused(
            _("On that day the policy did not cover: choose the policy of that day, or send it all the same."),
            code="outside_cover",
            field="outside",
        )
    if standing.twin is not None and not is_another:
        raise SameDay(standing.twin)


def _claim_of(draft: ClaimDraft, number: str) -> Claim:
    answers: Answers = draft.answers
    guide, day = guide_for(draft.policy.ramo), occurred_on(answers)
    assert day is not None, "a complete report has its day"
    return Claim.objects.create(
        number=number,
        report_number=number,
        policy=draft.policy,
        customer=draft.customer,
        kind=kind_of(guide, answers),
        description=answer(answers, "description") or "",
        place=answer(answers, "place") or "",
        signed_by_both=signed_by_both(guide, answers),
        occurred_on=day,
        occurred_time=occurred_time(answers),
        reported_on=timezone.localdate(),
    )
