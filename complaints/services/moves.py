"""What every command shares: the locked row, the one way to change a state, the event, and who is informed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.intermediaries.rules import gets_copy, reached_of
from complaints.models import Complaint, ComplaintEvent
from complaints.models.intermediary import Reached
from complaints.tracking import tracking_url
from customers.models import User
from foundation.refusals import Refused
from notifications.channels import Channel, served
from notifications.kinds import INBOX, PEC, NoticeKind
from notifications.models import Notice
from notifications.quoting import quotable
from notifications.rendering import render
from notifications.services import is_enrolled, queue_notice, tell_customer

EMAIL, POST = "email", "post"  # how something went out, in events: the names of its channels
NOWHERE = "nowhere"  # no address is known
DEFAULT_LANGUAGE = "it"  # of what is written to intermediaries
Attachments = Iterable[tuple[str, str, bytes]]


def locked(complaint: Complaint) -> Complaint:
    """The complaint as it is now, locked until the transaction ends."""
    return (
        Complaint.objects.select_for_update(of=("self",))
        .select_related("customer", "agency", "intermediary_row", "handler")
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
    words = _words_for(complaint, words, is_typed=is_typed)
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


def inform_by(
    channel: str,
    complaint: Complaint,
    *,
    address: str,
    words: Mapping[str, Any],
    once: str,
    attachments: Attachments = (),
) -> Notice:
    """Queue the answer on one channel, to one address; the key ends in the channel's name."""
    return queue_notice(
        kinds.ANSWERED,
        once=f"{once}:{Channel(channel).value}",
        words=_words_for(complaint, words),
        channel=channel,
        customer=complaint.customer,
        address=address,
        language=complaint.answer_language,
        attachments=attachments,
        thread=f"complaint:{complaint.pk}",
    )


def _words_for(complaint: Complaint, words: Mapping[str, Any], *, is_typed: bool = False) -> dict[str, Any]:
    return {
        "number": complaint.number,
        "name": "" if is_typed else quotable(complaint.complainant_name),
        **_followed_by(complaint),
        **words,
    }


def write_to_complainant(
    kind: NoticeKind, complaint: Complaint, *, once: str, words: Mapping[str, Any], is_typed: bool = False
) -> tuple[Notice | None, dict[str, str]]:
    """Queue a notice to the complainant and, where the rule for the intermediary names the letter, a copy of it to them.

    An agent is always among the addressees of what the company writes to the complainant (art. 10-ter); for other types it
    is as their rule says (`IntermediaryRule`). Returns the complainant's notice, if any, and the event's details about the
    copy, which goes by post where no e-mail address is known.
    """
    notices = inform_complainant(kind, complaint, once=once, words=words, is_typed=is_typed)
    if not gets_copy(complaint, kind.code, timezone.localdate()):
        return next(iter(notices), None), {}
    letter = render(
        kind, {"number": complaint.number, "name": complaint.complainant_name, **words}, language=DEFAULT_LANGUAGE
    )
    copy = inform_intermediary(
        kinds.LETTER_COPY, complaint, once=f"{once}:copy", words={"title": letter.subject, "text": letter.text}
    )
    return next(iter(notices), None), copied_to(complaint, copy)


def copied_to(complaint: Complaint, copy: Notice | None) -> dict[str, str]:
    """An event's details about the copy to the intermediary: whom it goes to, and by which way."""
    return {"copy_to": complaint.intermediary, "copy_sent": way_of(copy)}


def way_of(notice: Notice | None) -> str:
    """By which way a notice to an intermediary goes, as events store it; nowhere where none was queued."""
    return str(notice.channel) if notice else NOWHERE


def _followed_by(complaint: Complaint) -> dict[str, str]:
    """The link to the complaint's page; an entry of a past register has none."""
    if complaint.is_past:
        return {}
    with translation.override(complaint.answer_language):
        return {"action_url": tracking_url(complaint), "action_label": _("Follow your complaint")}


def inform_intermediary(
    kind: NoticeKind, complaint: Complaint, *, once: str, words: Mapping[str, Any], attachments: Attachments = ()
) -> Notice | None:
    """Queue a notice to the intermediary concerned; None where no address of it is known.

    To its certified address if it has one, by PEC where this installation sends any, else by e-mail; by post, on the list
    of what a person sends, where only a postal address is known.
    """
    return write_to_intermediary(
        kind, complaint, reached_of(complaint), once=once, words=words, attachments=attachments
    )


def write_to_intermediary(
    kind: NoticeKind,
    complaint: Complaint,
    reached: Reached,
    *,
    once: str,
    words: Mapping[str, Any],
    attachments: Attachments = (),
) -> Notice | None:
    """The same to an intermediary at these addresses, which may be another than the one concerned by now."""
    channel, address = channel_to(reached)
    if not address:
        return None
    return queue_notice(
        kind,
        once=once,
        words={"number": complaint.number, "complainant": complaint.complainant_name, **words},
        channel=channel,
        address=address,
        attachments=attachments,
        thread=f"complaint:{complaint.pk}:intermediary",
    )


def channel_to(reached: Reached) -> tuple[str, str]:
    """By which channel an intermediary is written to, and at which address: the certified one first, "" where none is known."""
    if reached.pec and PEC in served():
        return str(PEC.value), reached.pec
    if reached.pec or reached.email:
        return EMAIL, reached.pec or reached.email
    return POST, reached.postal
