"""What a person thinks, on their file: the opinions that wait for an answer at its head, and all of them among its panels."""

from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, gettext_lazy
from unfold.decorators import display

from complaints.models import Complaint, Feedback
from contact_center.desk.card import CardPanel, CardRow, CardSubject
from contact_center.models import Contact
from foundation.dates import written_moment
from foundation.masking import names_hidden, seen_text
from foundation.office.base import Panel, badge
from foundation.office.links import change_address
from foundation.office.read_only import NOTHING, may_read
from foundation.requests import Reader, StaffRequest

MOST_ROWS = 5
SHOWN = 120  # characters of a text

RATING_TONES = {0: "info", 1: "danger", 2: "danger", 3: "warning", 4: "success", 5: "success"}
STATE_TONES = {
    Feedback.State.RECEIVED: "warning",
    Feedback.State.ACKNOWLEDGED: "warning",
    Feedback.State.ANSWERED: "success",
    Feedback.State.CONTACT: "info",
    Feedback.State.COMPLAINT: "info",
}


def rating_in_words(feedback: Feedback) -> tuple[int, str]:
    """The stars as a badge: of five, or that a store did not state them."""
    return (feedback.rating, f"{feedback.rating}/5") if feedback.rating else (0, gettext("not stated"))


def is_late(feedback: Feedback) -> bool:
    """Whether it waits for an answer and its target has passed."""
    return feedback.state in Feedback.UNANSWERED and feedback.due_at is not None and feedback.due_at < timezone.now()


def _shown_text(feedback: Feedback, reader: Reader) -> str:
    return seen_text(reader, feedback.text, names=names_hidden(reader, feedback), most=SHOWN)


# --- At the head of the file --------------------------------------------------------------------------------------------
def waiting_panel(subject: CardSubject) -> CardPanel | None:
    """The person's opinions that nobody has answered, the oldest first; None for a reader who may not see opinions."""
    if not subject.reader.has_perm("complaints.view_feedback"):
        return None
    waiting = Feedback.objects.visible_to(subject.reader).unanswered().filter(customer__in=subject.customer.file_ids)
    rows = []
    for feedback in waiting.defer("answer", "outcome_words").order_by("received_at", "pk")[:MOST_ROWS]:
        feedback.customer = subject.customer  # which knows the names that a text may hold
        text, late = _shown_text(feedback, subject.reader), is_late(feedback)
        what = " · ".join(filter(None, [rating_in_words(feedback)[1], text]))
        rows.append(CardRow(what, _until(feedback), change_address(feedback), "bad" if late else "warn"))
    return CardPanel(gettext("Feedback to be answered"), rows)


def _until(feedback: Feedback) -> str:
    """By when it is answered; of one without a target, when it came."""
    if feedback.due_at is None:
        return gettext("received %(when)s") % {"when": written_moment(feedback.received_at, "il")}
    when = {"when": written_moment(feedback.due_at)}
    return (
        gettext("past the target: %(when)s") if is_late(feedback) else gettext("to be answered by: %(when)s")
    ) % when


# --- Among the panels of the file ---------------------------------------------------------------------------------------
class FeedbackPanel(Panel):
    """The customer's opinions, the newest first, each with what came of it; the list has the rest."""

    model = Feedback
    fields = ("received_shown", "rating_shown", "text_shown", "source", "state_shown", "came_of_it")
    ordering = ("-received_at", "-pk")
    per_page = MOST_ROWS
    template_after = "office/feedback_panel_after.html"
    reader: Reader  # of the page: a panel is made for each

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        self.reader = request.user
        joined = super().get_queryset(request).select_related("customer", "contact", "complaint")
        unread = ("answer", "contact__notes", "complaint__text", "complaint__answer", "complaint__reasons")
        return joined.defer(*unread)

    @display(description=gettext_lazy("received"))
    def received_shown(self, feedback: Feedback) -> str:
        return written_moment(feedback.received_at)

    @badge(description=gettext_lazy("rating"), tones=RATING_TONES)
    def rating_shown(self, feedback: Feedback) -> tuple[int, str]:
        return rating_in_words(feedback)

    @display(description=gettext_lazy("text"))
    def text_shown(self, feedback: Feedback) -> str:
        return _shown_text(feedback, self.reader) or NOTHING

    @badge(description=gettext_lazy("state"), tones=STATE_TONES)
    def state_shown(self, feedback: Feedback) -> tuple[str, str]:
        return feedback.state, feedback.get_state_display()

    @display(description=gettext_lazy("what came of it"))
    def came_of_it(self, feedback: Feedback) -> str:
        """By when it is answered while it waits; then what it became, as far as the reader may open it, and how it ended."""
        if feedback.state in Feedback.UNANSWERED:
            return _until(feedback)
        parts: list[Any] = []
        became: list[tuple[Any, type[Model]]] = [(feedback.contact, Contact), (feedback.complaint, Complaint)]
        for row, model in became:
            if row is not None and may_read(self.reader, model):
                parts.append(format_html('<a href="{}" class="vc-link">{}</a>', change_address(row), row.number))
        if feedback.outcome:
            parts.append(feedback.get_outcome_display())
            names = names_hidden(self.reader, feedback)
            parts.append(seen_text(self.reader, feedback.outcome_words, names=names, most=SHOWN))
        return format_html_join(" · ", "{}", ((part,) for part in parts if part)) or NOTHING
