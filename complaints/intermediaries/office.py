"""The commands about intermediaries in the back office: an officer's on a complaint, an agency's on what it was asked."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.intermediaries import commands, forms
from complaints.intermediaries.rules import article_of, channel_words, pass_on_by, rule_for
from complaints.models import Complaint, Enquiry
from complaints.terms import SUSPENSION_DAYS, goes_on_by
from foundation.dates import written_day
from foundation.files.uploads import no_room, too_large
from foundation.office.commands import Command
from foundation.requests import StaffRequest

MAY_CHANGE, MAY_ANSWER = "complaints.change_complaint", "complaints.answer_enquiry"


def may_suspend(complaint: Complaint) -> bool:
    """Whether an enquiry of today would suspend the term."""
    return (
        complaint.can_become(Complaint.State.SUSPENDED)
        and complaint.is_heard
        and complaint.suspended_days < SUSPENSION_DAYS
        and complaint.due_on >= timezone.localdate()
        and _rule_suspends(complaint)
    )


def _rule_suspends(complaint: Complaint) -> bool:
    rule = rule_for(complaint.concerned_kind, timezone.localdate())
    return rule is not None and rule.may_suspend


def can_be_asked(complaint: Complaint) -> bool:
    """Whether an intermediary of a known type is concerned by an open complaint."""
    return complaint.is_open and complaint.is_heard and bool(complaint.concerned_kind)


def open_enquiry(complaint: Complaint) -> Enquiry | None:
    """The enquiry that waits for the intermediary, if any; only a complaint about conduct has one."""
    if not complaint.is_open or not complaint.about_conduct:
        return None
    return complaint.enquiries.select_related("intermediary__agency").filter(state=Enquiry.State.OPEN).first()


def about_the_intermediary(complaint: Complaint) -> str | None:
    """What may be done about the intermediary, and why something may not: a sentence or two for the page of an open complaint."""
    if not complaint.is_open:
        return None
    if not complaint.about_conduct:
        return str(_("An intermediary is asked once the complaint is about its conduct."))
    if not complaint.is_heard:
        return str(_("An intermediary is asked once you say which agency or other one."))
    today = timezone.localdate()
    rule = rule_for(complaint.concerned_kind, today)
    if rule is None:
        return str(
            _("No rule for this type of intermediary is in force: enter one among the rules for intermediaries.")
        )
    words = {"name": complaint.intermediary, "article": article_of(rule), "days": rule.answer_days}
    if not complaint.concerned_kind:
        return str(_("Say of which type the intermediary is: what is asked of it depends on that."))
    if rule.may_suspend and complaint.state == Complaint.State.RECEIVED:
        return str(_("An enquiry suspends the term (%(article)s): assign the complaint first.") % words)
    if rule.may_suspend:
        sentence = (
            _("An enquiry suspends the term, and %(name)s has %(days)d days for its position: %(article)s.") % words
        )
    else:
        sentence = _("The term is not suspended; %(name)s has %(days)d days for its position: %(article)s.") % words
    until = pass_on_by(complaint.first_received_on, rule.pass_on_days)
    if until is None or complaint.enquiries.exclude(kind=Enquiry.Kind.ENQUIRY).exists():
        return sentence
    day = {"day": written_day(until, "il")}
    if until < today:
        passing = _("It had to be passed on without delay, by %(day)s.") % day
    else:
        passing = _("It is to be passed on without delay, by %(day)s.") % day
    return f"{sentence} {passing}"


# --- An officer's, on a complaint -----------------------------------------------------------------------------------
class _OnIntermediary(Command[Complaint]):
    """A command of an officer about the intermediary of a complaint."""

    permission = MAY_CHANGE


def _why_not_asked(complaint: Complaint) -> str:
    """That an enquiry waits, which somebody else may have sent a moment ago; "" where none does."""
    waits = open_enquiry(complaint)
    return commands.asked_already(waits) if waits else ""


class AskIntermediary(_OnIntermediary):
    """Ask it; the clock stands still."""

    name = "sospendi"
    label = gettext_lazy("Ask the intermediary")
    icon = "pause_circle"
    form_class = forms.AskForm

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return may_suspend(row) and open_enquiry(row) is None

    def why_not(self, request: StaffRequest, row: Complaint) -> Any:
        return _why_not_asked(row) or super().why_not(request, row)

    def asks(self, request: StaffRequest, row: Complaint) -> str:
        today = timezone.localdate()
        until = goes_on_by(today, row.suspended_days)
        return _(
            "%(agency)s is asked for documents and position, %(way)s, and the complainant is informed. The term is suspended "
            "from today and resumes with the position, or by itself on %(until)s at the latest: the answer would be due by "
            "%(latest)s."
        ) % {
            "agency": row.intermediary,
            "way": channel_words(row),
            "until": written_day(until, "il"),
            "latest": written_day(row.due_on + (until - today), "il"),
        }

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        commands.send_enquiry(row, asked=data["reason"], by=request.user)
        return _("The intermediary was asked, and the term is suspended.")


class InviteIntermediary(_OnIntermediary):
    """Ask it while the clock runs."""

    name = "invita"
    label = gettext_lazy("Invite to give its position")
    icon = "contact_support"
    form_class = forms.AskForm

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        """Where an enquiry would suspend the term once the complaint is assigned, it is not asked without that."""
        if not can_be_asked(row) or may_suspend(row) or open_enquiry(row) is not None:
            return False
        return row.state != Complaint.State.RECEIVED or not _rule_suspends(row)

    def why_not(self, request: StaffRequest, row: Complaint) -> Any:
        return _why_not_asked(row) or super().why_not(request, row)

    def asks(self, request: StaffRequest, row: Complaint) -> str:
        return _(
            "%(agency)s gets the complaint and what you ask, %(way)s, and is to answer within its days. The term keeps running."
        ) % {"agency": row.intermediary, "way": channel_words(row)}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        enquiry = commands.invite_intermediary(row, asked=data["reason"], by=request.user)
        assert enquiry.answer_due_on is not None, "an invitation has a day"
        return _("The intermediary was asked: its position is due by %(day)s.") % {
            "day": written_day(enquiry.answer_due_on, "il")
        }


class PassOn(_OnIntermediary):
    """Pass a copy to the intermediary without stopping the clock."""

    name = "inoltra"
    label = gettext_lazy("Pass to the intermediary")
    icon = "forward_to_inbox"
    form_class = forms.PassOnForm

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return can_be_asked(row)

    def asks(self, request: StaffRequest, row: Complaint) -> str:
        return _("%(agency)s gets a copy, %(way)s. Nothing is asked, and the term keeps running.") % {
            "agency": row.intermediary,
            "way": channel_words(row),
        }

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        commands.pass_on(row, note=data["note"], by=request.user)
        return _("Passed to %(agency)s.") % {"agency": row.intermediary}


class _OnWaiting(_OnIntermediary):
    """A command about the enquiry that waits."""

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return open_enquiry(row) is not None

    def why_not(self, request: StaffRequest, row: Complaint) -> Any:
        """What became of the last one: the intermediary may have answered while the page was open."""
        asked = row.enquiries.exclude(state=Enquiry.State.PASSED).order_by("-pk").first()
        return commands.nobody_waits(asked) if asked and not asked.is_open else super().why_not(request, row)


class EnterPosition(_OnWaiting):
    """The position came by post, or by a mail of the intermediary's own."""

    name = "posizione"
    label = gettext_lazy("Enter the position of the intermediary")
    icon = "mark_email_read"
    form_class = forms.EnteredPositionForm
    question = gettext_lazy(
        "For a position that did not come through the product. It is kept with its documents, and a suspended term goes on."
    )

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {
            "initial": {"answered_on": timezone.localdate()},
            "given_up": too_large(request),
            "no_room": no_room(request),
        }

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        enquiry = open_enquiry(row)
        assert enquiry is not None, "the command is offered while one waits"
        commands.give_position(
            enquiry,
            position=data["position"],
            files=data["files"],
            answered_on=data["answered_on"],
            through=Enquiry.Through.HAND,
            by=request.user,
        )
        return _("The position was entered.")


class CloseEnquiry(_OnWaiting):
    """It is not waited for any longer; the clock goes on."""

    name = "chiudi-richiesta"
    label = gettext_lazy("Close the enquiry")
    icon = "play_circle"
    form_class = forms.CloseForm

    def asks(self, request: StaffRequest, row: Complaint) -> str:
        if row.state == Complaint.State.SUSPENDED:
            return _(
                "The term goes on from today: the days of suspension are added to it, and the complainant is informed of the "
                "new day."
            )
        return _("The position of the intermediary is not waited for any longer.")

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        enquiry = open_enquiry(row)
        assert enquiry is not None, "the command is offered while one waits"
        commands.close_enquiry(enquiry, why=data["reason"], by=request.user)
        return _("The enquiry is closed.")


INTERMEDIARY_COMMANDS = [AskIntermediary(), InviteIntermediary(), EnterPosition(), CloseEnquiry(), PassOn()]


# --- An agency's, on what it was asked ------------------------------------------------------------------------------
class _OnEnquiry(Command[Enquiry]):
    """A command of a member of the agency that was asked."""

    permission = MAY_ANSWER

    def offered(self, request: StaffRequest, row: Enquiry) -> bool:
        return row.is_open

    def why_not(self, request: StaffRequest, row: Enquiry) -> Any:
        return commands.nobody_waits(row)


class GivePosition(_OnEnquiry):
    """The agency's position, with documents."""

    name = "rispondi"
    label = gettext_lazy("Give the position")
    icon = "outgoing_mail"
    tone = "primary"
    form_class = forms.PositionForm
    question = gettext_lazy("It goes to the complaints office with its documents, and cannot be changed afterwards.")

    def form_arguments(self, request: StaffRequest, row: Enquiry) -> dict[str, Any]:
        return {
            "initial": {"position": row.draft},
            "given_up": too_large(request),
            "no_room": no_room(request),
        }

    def run(self, request: StaffRequest, row: Enquiry, data: dict[str, Any]) -> str:
        commands.give_position(
            row, position=data["position"], files=data["files"], through=Enquiry.Through.OFFICE, by=request.user
        )
        return _("Your position has reached the complaints office. Thank you.")


class KeepDraft(_OnEnquiry):
    """What is written so far."""

    name = "bozza"
    label = gettext_lazy("Keep a draft")
    icon = "draft"
    form_class = forms.DraftForm

    def form_arguments(self, request: StaffRequest, row: Enquiry) -> dict[str, Any]:
        return {"initial": {"position": row.draft}}

    def run(self, request: StaffRequest, row: Enquiry, data: dict[str, Any]) -> str:
        commands.keep_draft(row, text=data["position"], seen_version=row.version)
        return _("The draft is kept.")


ENQUIRY_COMMANDS = [GivePosition(), KeepDraft()]
