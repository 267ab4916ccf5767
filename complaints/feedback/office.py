"""The commands on an opinion in the back office: buttons, drawn from `Feedback.NEXT`, and their small pages."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.feedback import commands, forms, queries
from complaints.feedback.rules import percent_of
from complaints.forms import FromContactForm
from complaints.models import Feedback
from foundation.dates import written_day
from foundation.numbers import written_number
from foundation.office.commands import Command, Done
from foundation.office.links import change_address
from foundation.requests import StaffRequest

CHANGE, ADD_COMPLAINT, VIEW_COMPLAINT = (
    "complaints.change_feedback",
    "complaints.add_complaint",
    "complaints.view_complaint",
)
VIEW_CONTACT = "contact_center.view_contact"
State = Feedback.State


def list_of_feedback() -> str:
    """The address of the list, where the next one waits."""
    return reverse("admin:complaints_feedback_changelist")


def accuracy_in_words() -> str:
    """How often the suggested theme was right when it was measured, with its base; or that it was not measured yet."""
    measure = queries.last_measure()
    if measure is None:
        return _("How often suggestions are right: not measured yet.")
    return _(
        "Measured on %(day)s: right for %(right)s of %(tested)s later opinions (%(share)s%%); always saying the commonest "
        "theme is right for %(commonest)s%%. %(suggested)s of them had a suggestion."
    ) % {
        "day": written_day(measure.measured_at),
        "right": measure.right,
        "tested": measure.tested,
        "share": written_number(percent_of(measure.right, measure.tested)),
        "commonest": written_number(percent_of(measure.commonest_right, measure.tested)),
        "suggested": measure.suggested,
    }


def _suggested(row: Feedback) -> queries.SuggestedTheme | None:
    """The theme that is suggested for the row: a page that asks twice works it out once."""
    if "suggested" not in row.__dict__:
        row.__dict__["suggested"] = queries.suggested_theme(row, timezone.localdate())
    return row.__dict__["suggested"]


class _OnFeedback(Command[Feedback]):
    """A command on an opinion, of people who answer contacts or follow complaints."""

    permission = CHANGE
    becomes: str = ""  # the state it leads to, asked of Feedback.NEXT

    def offered(self, request: StaffRequest, row: Feedback) -> bool:
        return row.can_become(self.becomes)


class ChooseTheme(_OnFeedback):
    """What it is about, with what its words suggest."""

    name = "tema"
    label = gettext_lazy("Choose the theme")
    icon = "sell"
    form_class = forms.ThemeForm

    def offered(self, request: StaffRequest, row: Feedback) -> bool:
        return bool(row.text)

    def asks(self, request: StaffRequest, row: Feedback) -> str:
        found = _suggested(row)
        if found is None:
            sentence = _("No theme is suggested: none of its words is known.")
        elif not found.words:
            sentence = _("Suggested: %(theme)s, because it holds no word.") % {"theme": found.theme}
        else:
            words = ", ".join(f"“{word}”" for word in found.words)
            sentence = _("Suggested: %(theme)s, because of %(words)s.") % {"theme": found.theme, "words": words}
        return f"{sentence} {accuracy_in_words()}"

    def form_arguments(self, request: StaffRequest, row: Feedback) -> dict[str, Any]:
        found = _suggested(row)
        return {"feedback": row, "suggested": found.theme if found else None}

    def run(self, request: StaffRequest, row: Feedback, data: dict[str, Any]) -> str:
        found = _suggested(row)
        suggested = found.theme.code if found else ""
        done = commands.theme_feedback(row, theme=data["theme"], by=request.user, suggested=suggested)
        if done.theme is None:
            return _("It has no theme now.")
        return _("Its theme is “%(theme)s”.") % {"theme": done.theme}


class Answer(_OnFeedback):
    """Write to whoever gave it."""

    name = "rispondi"
    label = gettext_lazy("Write an answer")
    icon = "reply"
    tone = "primary"
    form_class = forms.AnswerForm

    def offered(self, request: StaffRequest, row: Feedback) -> bool:
        can_be = row.state == State.ANSWERED or row.can_become(State.ANSWERED)
        return can_be and (row.is_at_a_store or commands.can_be_written_to(row))

    def asks(self, request: StaffRequest, row: Feedback) -> str:
        if row.is_at_a_store:
            return _("The text is kept here. Post it at the store, and enter the day on which you did.")
        if row.answered_at:
            return _("It was answered before: what you write goes out as one more answer.")
        return _("It goes out at once, by e-mail and in the reserved area, as far as these reach the person.")

    def form_arguments(self, request: StaffRequest, row: Feedback) -> dict[str, Any]:
        return {"feedback": row}

    def run(self, request: StaffRequest, row: Feedback, data: dict[str, Any]) -> str:
        commands.answer_feedback(row, text=data["text"], by=request.user, posted_on=data.get("posted_on"))
        return _("The answer is kept.") if row.is_at_a_store else _("The answer is on its way.")


class Posted(_OnFeedback):
    """The answer stands at the store."""

    name = "pubblicata"
    label = gettext_lazy("Posted at the store")
    icon = "publish"
    form_class = forms.PostedForm

    def offered(self, request: StaffRequest, row: Feedback) -> bool:
        return row.is_at_a_store and row.answered_at is not None

    def form_arguments(self, request: StaffRequest, row: Feedback) -> dict[str, Any]:
        return {"initial": {"posted_on": row.posted_on or timezone.localdate()}}

    def run(self, request: StaffRequest, row: Feedback, data: dict[str, Any]) -> str:
        commands.record_posted(row, on=data["posted_on"], by=request.user)
        return _("The day is entered.")


class MakeContact(_OnFeedback):
    """Something has to be done: a request of it."""

    name = "richiesta"
    label = gettext_lazy("Make a request of it")
    icon = "forum"
    becomes = State.CONTACT

    def offered(self, request: StaffRequest, row: Feedback) -> bool:
        return super().offered(request, row) and bool(row.text) and commands.can_be_written_to(row)

    def asks(self, request: StaffRequest, row: Feedback) -> str:
        return _(
            "A request is opened in the first level's queue, as of %(day)s, and the person is informed of its number."
        ) % {"day": written_day(row.received_on)}

    def run(self, request: StaffRequest, row: Feedback, data: dict[str, Any]) -> Done:
        contact = commands.make_contact(row, by=request.user)
        sentence = _("Request %(number)s was opened.") % {"number": contact.number}
        return Done(sentence, change_address(contact) if request.user.has_perm(VIEW_CONTACT) else None)


class MakeComplaint(_OnFeedback):
    """It is a complaint: it goes into the register, as of the day on which it was given."""

    name = "reclamo"
    label = gettext_lazy("Register as a complaint")
    icon = "gavel"
    permission = ADD_COMPLAINT
    becomes = State.COMPLAINT
    form_class = FromContactForm

    def offered(self, request: StaffRequest, row: Feedback) -> bool:
        return super().offered(request, row) and bool(row.text)

    def asks(self, request: StaffRequest, row: Feedback) -> str:
        return _(
            "A complaint is a written statement of dissatisfaction about a contract or an insurance service; an opinion "
            "about the app alone is not. It is entered as received on %(day)s, and the term of 45 days counts from then."
        ) % {"day": written_day(row.received_on)}

    def form_arguments(self, request: StaffRequest, row: Feedback) -> dict[str, Any]:
        read = commands.statement_from(row)
        names = ("complainant_name", "address", "language", "subject", "text")
        return {
            "initial": {name: getattr(read, name) for name in names},
            "days": {row.received_on: commands.subject_of(row)},
        }

    def run(self, request: StaffRequest, row: Feedback, data: dict[str, Any]) -> Done:
        stated = {name: value for name, value in data.items() if name not in ("far_back_is_right", "received_on")}
        if stated["agency"] is None and stated["about_conduct"] and row.customer and not stated["intermediary_stated"]:
            stated["agency"] = row.customer.agency
        complaint = commands.make_complaint(row, by=request.user, **stated)
        words = {"number": complaint.number, "day": written_day(complaint.due_on, "il")}
        sentence = _("Registered as complaint %(number)s: the answer is due by %(day)s.") % words
        return Done(sentence, change_address(complaint) if request.user.has_perm(VIEW_COMPLAINT) else None)


class TakeBack(_OnFeedback):
    """The request or the complaint it became was none."""

    name = "riprendi"
    label = gettext_lazy("Take back")
    icon = "undo"
    question = gettext_lazy("What it became turned out to be none: it is an opinion again, as it was before.")

    def offered(self, request: StaffRequest, row: Feedback) -> bool:
        return row.state in (State.CONTACT, State.COMPLAINT) and commands.is_void(row)

    def run(self, request: StaffRequest, row: Feedback, data: dict[str, Any]) -> str:
        commands.take_back(row, by=request.user)
        return _("It is an opinion again.")


class Close(_OnFeedback):
    """There is nothing more to do."""

    name = "chiudi"
    label = gettext_lazy("Close")
    icon = "task_alt"
    becomes = State.CLOSED
    form_class = forms.CloseForm

    def run(self, request: StaffRequest, row: Feedback, data: dict[str, Any]) -> Done:
        """Back to the list, where the next one waits."""
        commands.close_feedback(row, outcome=data["outcome"], words=data["words"], by=request.user)
        return Done(_("Closed."), list_of_feedback())


class Reopen(_OnFeedback):
    """It was closed too early."""

    name = "riapri"
    label = gettext_lazy("Open again")
    icon = "lock_open"
    question = gettext_lazy("It is again what it was before; the history keeps what was entered as having come of it.")

    def offered(self, request: StaffRequest, row: Feedback) -> bool:
        return row.state == State.CLOSED

    def run(self, request: StaffRequest, row: Feedback, data: dict[str, Any]) -> str:
        commands.reopen_feedback(row, by=request.user)
        return _("It is open again.")


FEEDBACK_COMMANDS = (
    ChooseTheme(),
    Answer(),
    Posted(),
    MakeContact(),
    MakeComplaint(),
    Close(),
    TakeBack(),
    Reopen(),
)
