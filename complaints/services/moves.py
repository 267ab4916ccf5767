"""What every command shares: the locked row, the one way to change a state, the event, and who is informed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.models import Complaint, ComplaintEvent
from complaints.tracking import tracking_url
from customers.models import User
from foundation.refusals import Refused
from notifications.kinds import INBOX, NoticeKind
from notifications.models import Notice
from notifications.quoting import quotable
from notifications.rendering import render
from notifications.services import is_enrolled, queue_notice, tell_customer

EMAIL, POST = "email", "post"  # how something went out, in events
DEFAULT_LANGUAGE = "it"  # of what is written to intermediaries
Attachments = Iterable[tuple[str, str, bytes]]


def locked(complaint: Complaint) -> Complaint:
    """The complaint as it is now, locked until the transaction ends."""
    return (
        Complaint.objects.select_for_update(of=("self",))
        .select_related("customer", "agency", "handler")
        .get(pk=complaint.pk)
    )


def locked_open(complaint: Complaint) -> Complaint:
    """The same; Refused for a complaint that has been answered, withdrawn or cancelled."""
    complaint = locked(complaint)
    if not complaint.is_open:
        raise Refused(
            _("Complaint %(number)s is closed: it is %(state)s.")
            % {"number": complaint.number, "state": complaint.get_state_display()},
            code="closed",
        )
    return complaint


def save_version(complaint: Complaint) -> None:
    """Save the locked row under its next version."""
    complaint.version += 1
    complaint.save()
    complaint.refresh_from_db(fields=["due_on"])


def write_event(
    complaint: Complaint, kind: str, *, by: User | None, notice: Notice | None, **details: Any
) -> ComplaintEvent:
    """Add one line to the complaint's history; details without a value are left out."""
    stated = {name: value for name, value in details.items() if value not in (None, "", [])}
    return ComplaintEvent.objects.create(complaint=complaint, kind=kind, by=by, notice=notice, details=stated)


def move_complaint(complaint: Complaint, *, to: str) -> dict[str, str]:
    """Change the state of a locked row, as `Complaint.NEXT` allows, and return both states for the event.

    Refused with the code "wrong_state" otherwise. The only place where a state changes.
    """
    before = complaint.state
    if not complaint.can_become(to):
        raise Refused(
            _("Complaint %(number)s is %(state)s: it cannot become %(wanted)s.")
            % {
                "number": complaint.number,
                "state": complaint.get_state_display(),
                "wanted": Complaint.State(to).label,
            },
            code="wrong_state",
        )
    complaint.state = to
    save_version(complaint)
    return {"from": str(before), "to": str(to)}


# --- Who is informed ------------------------------------------------------------------------------------------------
def inform_complainant(
    kind: NoticeKind,
    complaint: Complaint,
    *,
    once: str,
    words: Mapping[str, Any],
    attachments: Attachments = (),
    is_typed: bool = False,
) -> list[Notice]:
    """Queue a notice to the complainant, a customer or not, and return what was queued: [] when it goes by post.

    A customer who gave a postal address wants the answer by post: the reserved area shows it as well, no e-mail is sent.
    `is_typed`: no person of ours has read the complaint, so none of its words are quoted to the address it came with.
    """
    words = {
        "number": complaint.number,
        "name": "" if is_typed else quotable(complaint.complainant_name),
        "action_url": tracking_url(complaint),
        "action_label": _followed_in(complaint.answer_language),
        **words,
    }
    thread = f"complaint:{complaint.pk}"
    customer = complaint.customer
    if customer is None:
        if not complaint.email:
            return []
        return [
            queue_notice(
                kind,
                once=f"{once}:email",
                words=words,
                address=complaint.email,
                language=complaint.answer_language,
                attachments=attachments,
                thread=thread,
                is_typed=is_typed,
            )
        ]
    if complaint.address and not complaint.email:
        if not is_enrolled(customer):
            return []
        return [queue_notice(kind, once=f"{once}:inbox", words=words, channel=INBOX, customer=customer)]
    return tell_customer(
        kind,
        once=once,
        words=words,
        customer=customer,
        address=complaint.email,
        attachments=attachments,
        thread=thread,
        is_typed=is_typed,
    )


def write_to_complainant(
    kind: NoticeKind, complaint: Complaint, *, once: str, words: Mapping[str, Any], is_typed: bool = False
) -> tuple[Notice | None, dict[str, str]]:
    """Queue a notice to the complainant and, where an intermediary's conduct is concerned, a copy of it to them.

    The intermediary is always among the addressees of what the company writes to the complainant (art. 10-ter).
    Returns the complainant's notice, if any, and the event's details about the copy, which goes by post where no
    e-mail address is known.
    """
    notices = inform_complainant(kind, complaint, once=once, words=words, is_typed=is_typed)
    if not complaint.is_heard:
        return next(iter(notices), None), {}
    letter = render(
        kind, {"number": complaint.number, "name": complaint.complainant_name, **words}, language=DEFAULT_LANGUAGE
    )
    copy = inform_intermediary(
        kinds.LETTER_COPY, complaint, once=f"{once}:copy", words={"title": letter.subject, "text": letter.text}
    )
    return next(iter(notices), None), copied_to(complaint, copy)


def copied_to(complaint: Complaint, copy: Notice | None) -> dict[str, str]:
    """An event's details about the copy to the intermediary: whom it goes to, by e-mail or by post."""
    return {"copy_to": complaint.intermediary, "copy_sent": EMAIL if copy else POST}


def _followed_in(language: str) -> str:
    with translation.override(language):
        return _("Follow your complaint")


def inform_intermediary(
    kind: NoticeKind, complaint: Complaint, *, once: str, words: Mapping[str, Any], attachments: Attachments = ()
) -> Notice | None:
    """Queue a notice to the intermediary concerned, to its certified address if it has one; None where only post does."""
    if not (address := complaint.intermediary_email):
        return None
    words = {"number": complaint.number, "complainant": complaint.complainant_name, **words}
    thread = f"complaint:{complaint.pk}:intermediary"
    return queue_notice(kind, once=once, words=words, address=address, attachments=attachments, thread=thread)
