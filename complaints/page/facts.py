"""What a complaint's page says of it in facts: only those that are set, each under the name of its column."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import display_for_field
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from complaints.intermediaries.office import about_the_intermediary
from complaints.models import Complaint, ComplaintLetter
from complaints.models.code import CodesField
from complaints.office import how_it_goes_out
from complaints.returns.naming import columns_named
from complaints.returns.queries import needed_for_the_return
from complaints.stated import suggestions_for
from complaints.terms import goes_on_by
from complaints.urgency import days_words
from customers import rami
from customers.models import User
from foundation import masking
from foundation.dates import written_day
from foundation.office.links import change_address
from foundation.office.read_only import euro, may_read, yes_or_no

Fact = tuple[str, str | SafeString]

WHO = (
    *("complainant_name", "complainant_kind", "proposer_kind", "customer", "phone", "tax_code", "reference"),
    *("province", "language"),
)
WHEN = (
    *("received_on", "received_by_intermediary_on", "received_by", "dated_on", "contact", "registered_at"),
    *("suspended_days", "cancelled_as", "double_of"),
)
CONTRACT = ("policy", "claim", "ramo", "product", "distribution")
MATTER = ("area", "reason_codes", "reason", "event_on", "follows")
INTERMEDIARY = (
    *("about_conduct", "agency", "intermediary_row", "intermediary_kind", "intermediary_stated"),
    "intermediary_address",
)
VALUE = ("treatable", "not_treatable_cause", "not_treatable_reason", "economic_value", "value_band")
_UNLESS_SAID = {"about_conduct": False, "treatable": True}  # what is taken for granted until somebody says otherwise


def facts_of(complaint: Complaint, names: Iterable[str], *, user: User) -> list[Fact]:
    """The columns that hold something, by their names, as the reader sees them; a row is a link where they may open it."""
    fields: Iterable[Any] = (Complaint._meta.get_field(name) for name in names)
    found = ((_named(field.verbose_name), _shown(complaint, field, user)) for field in fields)
    return [(label, shown) for label, shown in found if shown]


def _named(words: Any) -> str:
    return str(capfirst(words))


def _shown(complaint: Complaint, field: Any, user: User) -> str | SafeString:
    value = getattr(complaint, field.name)
    if value in (None, "", [], 0) and not isinstance(field, models.BooleanField | models.DecimalField):
        return ""
    if isinstance(field, models.ForeignKey):
        return linked(value, user=user)
    if (kind := masking.kind_of(field)) is not None:
        return masking.seen(user, kind, value)
    if isinstance(field, models.BooleanField):
        return "" if value == _UNLESS_SAID.get(field.name) else yes_or_no(value)
    if isinstance(field, models.DecimalField):
        return "" if value is None else euro(value)
    if isinstance(field, CodesField):
        return field.in_words(value)
    if field.name == "ramo":
        return f"{value} – {dict(rami.CHOICES).get(value, value)}"
    return str(display_for_field(value, field, ""))


def linked(row: models.Model, *, user: User) -> str | SafeString:
    """The row's name, a link for who may open its page."""
    address = change_address(row) if may_read(user, type(row)) else ""
    return format_html('<a class="vc-link" href="{}">{}</a>', address, row) if address else str(row)


def standing(complaint: Complaint, *, state: str | SafeString, user: User) -> list[Fact]:
    """How it stands in three facts: its state, as the page writes it, until when it is answered, and who has it."""
    return [
        (_named(_("state")), state),
        (_named(_("answer due on")), term_words(complaint)),
        (_named(_("handler")), linked(complaint.handler, user=user) if complaint.handler else _("nobody yet")),
    ]


def term_words(complaint: Complaint) -> str:
    """The term; while the clock stands still, the day it would be now and the latest it can become. Of a row `with_term`."""
    now = written_day(complaint.term_on)
    if complaint.is_open:
        now = f"{now} ({days_words((complaint.term_on - timezone.localdate()).days)})"
    if complaint.state != Complaint.State.SUSPENDED:
        return now
    suspension = complaint.suspensions.get(ended_on__isnull=True)
    until = goes_on_by(suspension.started_on, complaint.suspended_days)
    return _(
        "%(now)s if the term resumed today. It has been suspended since %(since)s, resumes by itself on %(until)s, and the answer is due by %(latest)s at the latest."
    ) % {
        "now": now,
        "since": written_day(suspension.started_on, "dal"),
        "until": written_day(until, "il"),
        "latest": written_day(
            complaint.due_on + (until - suspension.started_on)
            if suspension.started_on <= complaint.due_on
            else complaint.due_on,
            "il",
        ),
    }


def story_of(complaint: Complaint, *, user: User) -> dict[str, Any]:
    """Who complains and how they are answered, their words in full, when and by which way it came."""
    who = facts_of(complaint, WHO, user=user)
    if stated := "; ".join(each.words for each in suggestions_for(complaint)):
        who.append((_named(_("found by what was stated")), stated))
    return {
        "who": [*who, (_named(_("the answer goes out")), how_it_goes_out(complaint))],
        "words": _seen(complaint, complaint.text, user),
        "when": facts_of(complaint, WHEN, user=user),
    }


def answer_of(complaint: Complaint, *, user: User) -> dict[str, Any] | None:
    """The answer with its outcome, its day, its reasons and where its letter is; None while there is none."""
    if complaint.state != Complaint.State.ANSWERED:
        return None
    has_letter = ComplaintLetter.objects.filter(complaint=complaint).exists()
    return {
        "facts": facts_of(complaint, ("outcome", "answered_at"), user=user),
        "letter_url": reverse("admin:complaints_complaint_letter", args=[complaint.pk]) if has_letter else "",
        "words": _seen(complaint, complaint.answer, user),
        "reasons": _seen(complaint, complaint.reasons, user),
        "is_not_in_the_file": complaint.is_past and not complaint.answer,
    }


def _seen(complaint: Complaint, text: str, user: User) -> str:
    return masking.seen_text(user, text, names=masking.names_hidden(user, complaint))


def classified(complaint: Complaint, *, user: User) -> dict[str, Any]:
    """What the complaint is about, under headings; what the intermediary may be asked; and what the half-year return still needs."""
    parts = (
        (_("The contract"), CONTRACT),
        (_("What happened"), MATTER),
        (_("The intermediary"), INTERMEDIARY),
        (_("Whether it can be treated, and its value"), VALUE),
    )
    grouped = ((heading, facts_of(complaint, names, user=user)) for heading, names in parts)
    return {
        "about": [(heading, facts) for heading, facts in grouped if facts],
        "hearing": about_the_intermediary(complaint),
        "needed": columns_named(needed_for_the_return(complaint)),
    }
