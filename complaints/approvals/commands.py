"""Commands: submit an answer to a second person, approve it, send it back, take it back; keep the rules."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.models import AnswerApproval, ApprovalRule, Complaint, ComplaintEvent
from complaints.services.answering import answer_complaint, draft_letter
from complaints.services.moves import locked_open, write_event
from customers.models import User
from foundation.refusals import Refused
from foundation.sorting import Folded
from foundation.text import clean_text
from notifications.services import queue_notice

MAY_APPROVE = "complaints.approve_answer"
State = AnswerApproval.State
RULE_FACTS = ("outcome", "area", "from_euro", "valid_from", "valid_to")


def approvers(*, but: User) -> list[User]:
    """The people who may approve what somebody else wrote, by name."""
    word = MAY_APPROVE.partition(".")[2]
    named = User.objects.filter(is_active=True, groups__permissions__codename=word).exclude(pk=but.pk)
    return list({each.pk: each for each in named.order_by(Folded("last_name"), "pk")}.values())


@transaction.atomic
def submit_answer(
    complaint: Complaint, *, outcome: str, answer: str, reasons: str = "", way: str = "", by: User
) -> AnswerApproval:
    """Keep an answer as it was written and ask those who may approve it. Nothing goes to the complainant.

    Refused where the letter could not go out as it is, where one waits already, and where nobody else may approve.
    """
    complaint = locked_open(complaint)
    draft_letter(complaint, outcome=outcome, answer=answer, reasons=reasons, by=by)
    if not complaint.can_become(Complaint.State.ANSWERED):
        raise Refused(
            _("A complaint is answered while it is under review: assign it, or let the term resume, first."),
            code="wrong_state",
        )
    if complaint.approvals.waiting().exists():
        raise Refused(_("An answer waits to be approved already: take it back first."), code="waits_already")
    people = approvers(but=by)
    if not people:
        raise Refused(_("Nobody else may approve an answer: ask the administrator."), code="no_approver")
    submitted = AnswerApproval.objects.create(
        complaint=complaint,
        outcome=outcome,
        answer=clean_text(answer),
        reasons=clean_text(reasons),
        way=way,
        submitted_by=by,
        submitted_at=timezone.now(),
    )
    words = {"number": complaint.number, "writer": str(by), "due_on": complaint.due_on}
    notices = [
        queue_notice(kinds.TO_APPROVE, once=f"complaint-approve:{submitted.pk}:{person.pk}", words=words, user=person)
        for person in people
    ]
    write_event(complaint, ComplaintEvent.Kind.SUBMITTED, by=by, notice=notices[0], outcome=str(outcome))
    return submitted


@transaction.atomic
def approve_answer(approval: AnswerApproval, *, by: User) -> Complaint:
    """Approve what somebody else wrote: the letter is made, signed by its writer, and goes out at once.

    Refused for the writer, and where it was decided meanwhile; whatever would refuse the answer refuses this too.
    """
    approval = _decide(approval, State.APPROVED, by=by)
    write_event(approval.complaint, ComplaintEvent.Kind.APPROVED, by=by, notice=None)
    return answer_complaint(
        approval.complaint,
        outcome=approval.outcome,
        answer=approval.answer,
        reasons=approval.reasons,
        way=approval.way,
        by=approval.submitted_by,
        is_approved=True,
    )


@transaction.atomic
def send_answer_back(approval: AnswerApproval, *, remark: str, by: User) -> AnswerApproval:
    """Do not approve, and say why; the writer is informed. Refused for the writer, without a remark, and if decided."""
    if not (remark := clean_text(remark)):
        raise Refused(_("Say what is to be written otherwise."), code="no_remark", field="remark")
    approval = _decide(approval, State.SENT_BACK, by=by, remark=remark)
    complaint, writer = approval.complaint, approval.submitted_by
    notice = queue_notice(
        kinds.SENT_BACK,
        once=f"complaint-sent-back:{approval.pk}",
        words={"number": complaint.number, "reader": str(by), "remark": remark, "due_on": complaint.due_on},
        user=writer,
    )
    write_event(complaint, ComplaintEvent.Kind.SENT_BACK, by=by, notice=notice, reason=remark)
    return approval


@transaction.atomic
def take_answer_back(approval: AnswerApproval, *, by: User) -> AnswerApproval:
    """The writer takes it back, to write it otherwise. Refused for anybody else, and if it was decided meanwhile."""
    if approval.submitted_by_id != by.pk:
        raise Refused(_("Only the person who wrote it takes it back."), code="not_the_writer")
    approval = _decide(approval, State.TAKEN_BACK, by=by)
    write_event(approval.complaint, ComplaintEvent.Kind.SENT_BACK, by=by, notice=None, reason=_("taken back"))
    return approval


def _decide(approval: AnswerApproval, state: str, *, by: User, remark: str = "") -> AnswerApproval:
    complaint = locked_open(approval.complaint)
    approval = AnswerApproval.objects.select_for_update().select_related("submitted_by").get(pk=approval.pk)
    approval.complaint = complaint
    if approval.state != State.WAITING:
        raise Refused(
            _("This answer is %(state)s already.") % {"state": approval.get_state_display()}, code="decided_already"
        )
    if state != State.TAKEN_BACK and approval.submitted_by_id == by.pk:
        raise Refused(_("Somebody else approves what you wrote."), code="own_answer")
    approval.state, approval.decided_by, approval.decided_at, approval.remark = state, by, timezone.now(), remark
    approval.save(update_fields=["state", "decided_by", "decided_at", "remark"])
    return approval


# --- The rules ------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_rule(*, by: User, **facts: Any) -> ApprovalRule:
    """A further rule. `by` is who asks; the database keeps who changed what. Refused where it ends before it begins."""
    rule = ApprovalRule(**facts)
    _check_rule(rule)
    rule.save()
    return rule


@transaction.atomic
def change_rule(rule: ApprovalRule, *, by: User, changes: Mapping[str, Any]) -> ApprovalRule:
    """Change a rule: it holds for the answers that are sent from then on."""
    rule = ApprovalRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    for name in RULE_FACTS:
        if name in changes:
            setattr(rule, name, changes[name])
    _check_rule(rule)
    rule.version += 1
    rule.save()
    return rule


def _check_rule(rule: ApprovalRule) -> None:
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        raise Refused(_("A rule ends on the day it begins, or later."), code="ends_first", field="valid_to")
    if rule.from_euro is None or rule.from_euro < Decimal(0):
        raise Refused(_("The value is zero or above."), code="below_zero", field="from_euro")


def waiting_of(complaint: Complaint) -> AnswerApproval | None:
    """The answer that waits for a second person; None where there is none."""
    return complaint.approvals.waiting().select_related("submitted_by").first()


def to_approve(user: User) -> models.QuerySet[AnswerApproval]:
    """The answers that wait for somebody else than their writer, for a person who may approve."""
    waiting = AnswerApproval.objects.visible_to(user).waiting()
    return waiting.exclude(submitted_by=user) if user.has_perm(MAY_APPROVE) else waiting.none()
