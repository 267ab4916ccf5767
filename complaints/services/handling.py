"""Commands: who follows a complaint, what it is about, and what is noted on it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.codes.checking import check_codes
from complaints.intermediaries.rules import gets_the_answer
from complaints.letters.paragraphs import needed_by
from complaints.letters.texts import texts_on
from complaints.models import Complaint, ComplaintEvent
from complaints.services.moves import (
    locked,
    locked_open,
    move_complaint,
    save_version,
    write_event,
)
from complaints.terms import AWAY_DAYS
from contact_center.models import ContactEvent
from customers import roles
from customers.models import User
from foundation.refusals import Refused
from foundation.sorting import Folded
from foundation.text import clean_line, clean_text

CLASSIFICATION = (
    "customer",
    "policy",
    "claim",
    "agency",
    "intermediary_row",
    "intermediary_stated",
    "intermediary_address",
    "follows",
    "complainant_kind",
    "proposer_kind",
    "language",
    "province",
    "ramo",
    "product",
    "distribution",
    "area",
    "reason_codes",
    "reason",
    "about_conduct",
    "intermediary_kind",
    "treatable",
    "not_treatable_cause",
    "not_treatable_reason",
    "economic_value",
    "value_band",
    "event_on",
    "dated_on",
    "received_by",
)
HEARD = frozenset(
    {"agency", "intermediary_row", "about_conduct", "intermediary_kind", "intermediary_stated", "intermediary_address"}
)
HEARD_STAYS = gettext_lazy("The intermediary cannot be changed while it is being heard. Close the enquiry first.")


def officers() -> models.QuerySet[User]:
    """The people who follow complaints: active complaint officers."""
    return User.objects.filter(is_active=True, groups__name=roles.COMPLAINT_OFFICER).order_by(
        Folded("last_name"), "pk"
    )


def managers() -> models.QuerySet[User]:
    """The people responsible for the officers' work: active managers."""
    return User.objects.filter(is_active=True, groups__name=roles.MANAGER).order_by(Folded("last_name"), "pk")


def head_of_office() -> User | None:
    """Who heads the complaints office, as an administrator entered it; None where nobody does who is here and may follow it."""
    return User.objects.filter(
        heads_complaints=True, is_active=True, groups__name__in=roles.MAY_HEAD_COMPLAINTS
    ).first()


def is_away(user: User) -> bool:
    """Whether the person has not signed in for some days, as staff must once a day, or does not work here any more."""
    seen = user.last_login or user.date_joined
    return not user.is_active or timezone.now() - seen > timedelta(days=AWAY_DAYS)


def _nobody_is_here(people: Iterable[User]) -> bool:
    return all(is_away(each) for each in people)


def people_to_warn(complaint: Complaint, *, level: int = 0, first: User | None = None) -> list[User]:
    """Who is warned about a complaint: its handler, from the first level on the head of the office, from the second the managers.

    `first` is warned before the handler. Where there is no handler, or none that is here, all officers are as well, since one
    of them can take it over; where none of these is, the next level. Who is away is still warned, because mail may reach
    them. The managers stand in at the first level for a head of the office who is away, or follows the complaint themself, and
    where nobody is the head.
    """
    own = [each for each in (first, complaint.handler) if each is not None and each.is_active]
    people = [*own, *officers()] if _nobody_is_here(own) else own
    head = head_of_office() if level >= 1 or _nobody_is_here(people) else None
    if head is not None:
        people = [*people, head]
    lacks_head = head is None or is_away(head) or head in own
    if level >= 2 or (level == 1 and lacks_head) or _nobody_is_here(people):
        people = [*people, *managers()]
    return list({each.pk: each for each in people}.values())


# What somebody did on a contact that makes the matter theirs: what follows from it alone, or was only read, does not.
HANDLING = (
    ContactEvent.Kind.TAKEN,
    ContactEvent.Kind.REPLIED,
    ContactEvent.Kind.ESCALATED,
    ContactEvent.Kind.CODED,
    ContactEvent.Kind.CLOSED,
)


def handled_the_matter(complaint: Complaint) -> set[int]:
    """Ids of the people who handled what is complained of: they took, answered or closed the contact it began as.

    The function that examines complaints is free of conflicts with it (EIOPA-BoS-12/069, guideline 3).
    """
    if complaint.contact_id is None:
        return set()
    events = ContactEvent.objects.filter(contact=complaint.contact_id, kind__in=HANDLING, by__isnull=False)
    return set(events.values_list("by", flat=True))


@transaction.atomic
def assign(complaint: Complaint, *, handler: User, by: User) -> Complaint:
    """Give an open complaint to an officer; one just received is under review from then on.

    Refused for somebody who is no active complaint officer, for who handled the matter that is complained of, and for
    the person who has it already.
    """
    complaint = locked_open(complaint)
    if not handler.has_role([roles.COMPLAINT_OFFICER]):
        raise Refused(
            _("%(name)s is not a complaint officer.") % {"name": handler}, code="not_an_officer", field="handler"
        )
    if handler.pk in handled_the_matter(complaint):
        raise Refused(
            _("%(name)s handled the matter that is complained of: somebody else examines it.") % {"name": handler},
            code="handled_the_matter",
            field="handler",
        )
    if complaint.handler_id == handler.pk and complaint.state != Complaint.State.RECEIVED:
        raise Refused(
            _("%(name)s has this complaint already.") % {"name": handler}, code="assigned_already", field="handler"
        )
    before, complaint.handler = complaint.handler, handler
    moved: dict[str, str] = {}
    if complaint.state == Complaint.State.RECEIVED:
        moved = move_complaint(complaint, to=Complaint.State.UNDER_REVIEW)
    else:
        save_version(complaint)
    write_event(
        complaint,
        ComplaintEvent.Kind.ASSIGNED,
        by=by,
        notice=None,
        handler=str(handler),
        before=str(before) if before else "",
        **moved,
    )
    return complaint


def check_classification(complaint: Complaint, *, changes: Mapping[str, Any]) -> None:
    """Refused where `classify` would refuse the changes; writes nothing."""
    _apply(Complaint.objects.select_related("agency", "customer").get(pk=complaint.pk), changes)


@transaction.atomic
def classify(complaint: Complaint, *, by: User, changes: Mapping[str, Any]) -> Complaint:
    """Write what the complaint is about, for the register: fields of CLASSIFICATION and their values. At any time.

    While the clock stands still, the intermediary that is heard cannot be changed. After the answer, nor can anything
    that the letter rests on: the ways to court, the paragraphs for its reasons, the copy to the intermediary, the language.
    Refused for an earlier complaint that itself follows this one.
    """
    if unknown := changes.keys() - set(CLASSIFICATION):
        raise ValueError(f"Not part of the classification: {', '.join(sorted(unknown))}.")
    complaint = locked(complaint)
    changed = _apply(complaint, changes)
    if changed:
        save_version(complaint)
        write_event(complaint, ComplaintEvent.Kind.CLASSIFIED, by=by, notice=None, **changed)
    return complaint


def _apply(complaint: Complaint, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set what changes, and return it by name as [before, after], for the event; Refused where it may not change."""
    if changes.keys() & HEARD and is_being_heard(complaint):
        raise Refused(HEARD_STAYS, code="wrong_state")
    others = {name: value for name, value in changes.items() if getattr(complaint, name) != value}
    check_codes(others, received_on=complaint.first_received_on)
    changed, in_the_letter = {}, _what_the_letter_rests_on(complaint)
    for name, value in changes.items():
        value = clean_line(value) if isinstance(value, str) else value
        if (before := getattr(complaint, name)) != value:
            changed[name] = [_plain(before), _plain(value)]
            setattr(complaint, name, value)
    _take_type(complaint, changed)
    if complaint.answered_at and in_the_letter != _what_the_letter_rests_on(complaint):
        raise Refused(
            _(
                "The letter that was sent says otherwise, so this cannot be changed. Write a note of what is not right."
            ),
            code="in_the_letter",
        )
    if "follows" in changed:
        _refuse_a_circle(complaint)
    check_days(complaint)
    if complaint.treatable and complaint.not_treatable_cause:
        raise Refused(
            _("A cause of non-treatability goes with a complaint that cannot be treated."),
            code="treatable",
            field="not_treatable_cause",
        )
    return changed


def is_being_heard(complaint: Complaint) -> bool:
    """Whether an enquiry to the intermediary waits for its position: until then it remains the intermediary concerned."""
    return complaint.state == Complaint.State.SUSPENDED or complaint.enquiries.filter(state="open").exists()


def _take_type(complaint: Complaint, changed: dict[str, list[Any]]) -> None:
    """Take the type of intermediary from the row that was chosen; Refused where two were, or where it is said otherwise.

    The row of an agency of ours stands for the agency.
    """
    if not changed.keys() & {"agency", "intermediary_row", "intermediary_kind"}:
        return
    row = complaint.intermediary_row
    if row is not None and row.agency is not None and complaint.agency in (None, row.agency):
        changed |= {"agency": [_plain(complaint.agency), str(row.agency)]}
        changed.pop("intermediary_row", None)
        complaint.agency, complaint.intermediary_row = row.agency, None
    if complaint.agency and complaint.intermediary_row:
        raise Refused(
            _("Choose an agency of ours or another intermediary, not both."),
            code="two_intermediaries",
            field="intermediary_row",
        )
    chosen, before = complaint.concerned_kind, complaint.intermediary_kind
    if chosen == before:
        return
    if "intermediary_kind" in changed and before:
        raise Refused(
            _("%(name)s is of another type in its table: choose another intermediary, or correct the table.")
            % {"name": complaint.intermediary},
            code="other_type",
            field="intermediary_kind",
        )
    changed["intermediary_kind"] = [before, chosen]
    complaint.intermediary_kind = chosen


def _what_the_letter_rests_on(complaint: Complaint) -> tuple[Any, ...]:
    """The parts of an answer letter that follow from the classification; () while there is none of ours.

    An answer of a past register was no letter of ours: its entry is classified like one without.
    """
    if complaint.answered_at is None or (complaint.is_past and complaint.handler_id is None):
        return ()
    on, language = timezone.localdate(complaint.answered_at), complaint.answer_language
    needed = [each.code for each in needed_by(complaint, outcome=complaint.outcome, on=on)]
    texts = texts_on(on, language=language, reasons=complaint.reason_codes)
    versions = [each.name for each in (*texts.particular, *(texts[code] for code in needed if code in texts))]
    copied = complaint.intermediary if gets_the_answer(complaint, on) else ""
    why_not = "" if complaint.treatable else complaint.not_treatable_reason
    return (needed, versions, copied, complaint.treatable, why_not, language)


def _refuse_a_circle(complaint: Complaint) -> None:
    """Refused where one of the earlier complaints is the complaint itself."""
    follows = complaint.follows
    if follows is None:
        return
    earlier: Complaint | None = follows
    seen = {complaint.pk}
    while earlier is not None:
        if earlier.pk in seen:
            raise Refused(
                _("Complaint %(number)s follows this one: neither can come before the other.")
                % {"number": follows.number}
                if follows.pk != complaint.pk
                else _("A complaint does not follow itself."),
                code="circle",
            )
        seen.add(earlier.pk)
        earlier = earlier.follows


def check_days(complaint: Complaint) -> None:
    """Refused where the event, or the day that the complainant wrote, is later than the receipt."""
    for name, words in (
        ("event_on", _("What is complained of happened before the complaint was received.")),
        ("dated_on", _("A complaint was written before it was received.")),
    ):
        day = getattr(complaint, name)
        if day and day > complaint.received_on:
            raise Refused(words, code="after_the_receipt", field=name)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    return value if isinstance(value, bool | None) else str(value)


@transaction.atomic
def note(complaint: Complaint, *, text: str, by: User) -> ComplaintEvent:
    """Add a note to the history, at any time. Refused without text."""
    complaint = locked(complaint)
    if not (text := clean_text(text)):
        raise Refused(_("Write the note."), code="nothing_said", field="text")
    return write_event(complaint, ComplaintEvent.Kind.NOTED, by=by, notice=None, text=text)
