"""What is in progress, as the home shows it: claims, requests and complaints, each as one row of plain words.

Made here and not in the template: of up to fifteen rows it took most of the page's time.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from complaints.complainant_page import in_plain_words
from complaints.models import Complaint
from contact_center.models import Contact
from customers.claim_steps import answer_due_on
from customers.models import Claim
from foundation.addresses import address
from foundation.dates import written_day, written_moment
from foundation.telephones import shown_number

BRAND, WARN = "badge-brand", "badge-warn"


@dataclass(frozen=True, slots=True)
class Shown:
    """A row: what it is with its number, its title with the address of its page, a note, its state in a colour."""

    kind: str
    url: str
    title: str
    note: SafeString | str
    state: str
    tone: str = BRAND


def shown_claim(claim: Claim, *, today: date) -> Shown:
    """An open claim: who follows it, and by when an offer or the reasons for a refusal are owed."""
    notes: list[SafeString | str] = []
    if claim.adjuster:
        notes.append(_("Followed by %(name)s") % {"name": claim.adjuster})
        if claim.adjuster_phone:
            phone = claim.adjuster_phone
            notes.append(format_html('<a href="tel:{}">{}</a>', phone, shown_number(phone)))
    if (by := answer_due_on(claim)) is not None:
        day = {"day": written_day(by, "il")}
        is_late = by < today
        words = _("offer or reasons were due by %(day)s: we are late") if is_late else _("offer or reasons by %(day)s")
        notes.append(_late(words % day) if is_late else words % day)
    title = _("%(product)s: event of %(day)s") % {
        "product": claim.policy.product,
        "day": written_day(claim.occurred_on, "del"),
    }
    kind, note = _("Claim"), format_html_join(" · ", "{}", ((each,) for each in notes))
    state = capfirst(str(Claim.State(claim.state).label))
    return Shown(f"{kind} {claim.number}", address("portal_claim", claim.pk), title, note, state)


def shown_contact(contact: Contact, *, now: datetime) -> Shown:
    """An open request, with what is awaited: our answer and by when, or the customer's."""
    waits = contact.state == Contact.State.WAITING
    note = _("We wrote to you and wait for your answer") if waits else answer_by(contact, now=now)
    title = contact.subject or str(contact.topic or Contact.Kind(contact.kind).label)
    state = _("Waiting for your answer") if waits else capfirst(str(Contact.State(contact.state).label))
    kind, url = _("Request"), address("portal_request", contact.pk)
    return Shown(f"{kind} {contact.number}", url, capfirst(title), note, state, WARN if waits else BRAND)


def answer_by(contact: Contact, *, now: datetime) -> SafeString | str:
    """By when a request is answered, that we call, or that we are late; nothing where no time is set."""
    due_at, call_back = contact.due_at, getattr(contact, "call_back", None)
    if due_at is None:
        return ""
    if due_at < now:
        return _late(_("we are late: the answer was due by %(when)s") % {"when": written_day(due_at, "il")})
    when = {"when": written_moment(due_at, "il")}
    is_call = call_back is not None and call_back.starts_at == due_at
    return (_("we call you on %(when)s") if is_call else _("answer by %(when)s")) % when


def shown_complaint(complaint: Complaint, *, today: date) -> Shown:
    """An open complaint with its term (`with_term`): by when it is answered, and how far it has come."""
    day, is_late = {"day": written_day(complaint.term_on, "il")}, complaint.term_on < today
    words = (_("the answer was due by %(day)s: we are late") if is_late else _("answer by %(day)s")) % day
    note = format_html("{} · {}", _late(words) if is_late else words, in_plain_words(complaint))
    kind, url = _("Complaint"), address("portal_complaint", complaint.pk)
    state = capfirst(str(Complaint.State(complaint.state).label))
    return Shown(f"{kind} {complaint.number}", url, complaint.subject, note, state)


def _late(words: str) -> SafeString:
    return format_html('<span class="late">{}</span>', words)
