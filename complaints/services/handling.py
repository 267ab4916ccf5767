"""Commands: who follows a complaint, what it is about, whom it is passed to, and what is noted on it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import kinds
from complaints.models import Complaint, ComplaintEvent
from complaints.paragraphs import paragraphs_of
from complaints.services.moves import (
    EMAIL,
    POST,
    inform_complainant,
    inform_intermediary,
    locked,
    locked_open,
    move_complaint,
    save_version,
    write_event,
)
from complaints.terms import AWAY_DAYS
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
    "intermediary_stated",
    "intermediary_address",
    "follows",
    "complainant_kind",
    "proposer_kind",
    "language",
    "province",
    "ramo",
    "area",
    "reason",
    "about_conduct",
    "treatable",
    "not_treatable_reason",
    "economic_value",
)
HEARD = frozenset({"agency", "about_conduct", "intermediary_stated", "intermediary_address"})
HEARD_STAYS = gettext_lazy("The intermediary cannot be changed while it is being heard. Let the term resume first.")


def officers() -> models.QuerySet[User]:
    """The people who follow complaints: active complaint officers."""
    return User.objects.filter(is_active=True, groups__name=roles.COMPLAINT_OFFICER).order_by(
        Folded("last_name"), "pk"
    )


def managers() -> models.QuerySet[User]:
    """The people responsible for the officers' work: active managers."""
    return User.objects.filter(is_active=True, groups__name=roles.MANAGER).order_by(Folded("last_name"), "pk")


def is_away(user: User) -> bool:
    """Whether the person has not signed in for some days, as staff must once a day, or does not work here any more."""
    seen = user.last_login or user.date_joined
    return not user.is_active or timezone.now() - seen > timedelta(days=AWAY_DAYS)


def people_to_warn(complaint: Complaint, *, level: int = 0, first: User | None = None) -> list[User]:
    """Who is warned about a complaint: its handler, from the first level on all officers, from the second the managers.

    `first` is warned before the handler. When all of them are away, the next level is warned as well; they still are,
    because mail may reach them. Where there is no officer, the managers.
    """
    own = [each for each in (first, complaint.handler) if each is not None and each.is_active]
    if level >= 1 or not any(not is_away(each) for each in own):
        own += officers()
    if level >= 2 or not any(not is_away(each) for each in own):
        own += managers()
    return list({each.pk: each for each in own}.values())


@transaction.atomic
def assign(complaint: Complaint, *, handler: User, by: User) -> Complaint:
    """Give an open complaint to an officer; one just received is under review from then on.

    Refused for somebody who is no active complaint officer, and for the person who has it already.
    """
    complaint = locked_open(complaint)
    if not handler.has_role([roles.COMPLAINT_OFFICER]):
        raise Refused(
            _("%(name)s is not a complaint officer.") % {"name": handler}, code="not_an_officer", field="handler"
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
    that the letter rests on: the ways to court, the copy to the intermediary, the language. Refused for an earlier
    complaint that itself follows this one.
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
    if complaint.state == Complaint.State.SUSPENDED and changes.keys() & HEARD:
        raise Refused(HEARD_STAYS, code="wrong_state")
    changed, in_the_letter = {}, _what_the_letter_rests_on(complaint)
    for name, value in changes.items():
        value = clean_line(value) if isinstance(value, str) else value
        if (before := getattr(complaint, name)) != value:
            changed[name] = [_plain(before), _plain(value)]
            setattr(complaint, name, value)
    if complaint.answered_at and in_the_letter != _what_the_letter_rests_on(complaint):
        raise Refused(
            _(
                "The letter that was sent says otherwise, so this cannot be changed. Write a note of what is not right."
            ),
            code="in_the_letter",
        )
    if "follows" in changed:
        _refuse_a_circle(complaint)
    return changed


def _what_the_letter_rests_on(complaint: Complaint) -> tuple[Any, ...]:
    """The parts of an answer letter that follow from the classification; () while there is no answer."""
    if complaint.answered_at is None:
        return ()
    on = timezone.localdate(complaint.answered_at)
    paragraphs = paragraphs_of(complaint, outcome=complaint.outcome, on=on)
    copied = complaint.intermediary if complaint.is_heard else ""
    why_not = "" if complaint.treatable else complaint.not_treatable_reason
    return ([each.name for each in paragraphs], copied, complaint.treatable, why_not, complaint.answer_language)


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


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | None) else str(value)


@transaction.atomic
def forward_to_intermediary(complaint: Complaint, *, by: User, note: str = "") -> Complaint:
    """Pass a copy to the intermediary whose conduct is concerned, an agency or another, and inform the complainant.

    The clock goes on (arts. 10-quater and 10-sexies). Once to each intermediary. Refused when no intermediary is concerned.
    """
    complaint = locked_open(complaint)
    if not complaint.is_heard:
        raise Refused(_("Say first which intermediary's conduct is concerned."), code="no_intermediary")
    name, code = complaint.intermediary, complaint.agency.code if complaint.agency else ""
    known = {"details__agency": code} if code else {"details__intermediary": name}
    if complaint.events.filter(kind=ComplaintEvent.Kind.FORWARDED, **known).exists():
        raise Refused(_("%(name)s has a copy already.") % {"name": name}, code="forwarded_already")
    number = 1 + complaint.events.filter(kind=ComplaintEvent.Kind.FORWARDED).count()
    key = complaint.agency_id or f"other-{number}"
    passed = inform_intermediary(
        kinds.PASSED_ON,
        complaint,
        once=f"complaint-passed-on:{complaint.pk}:{key}",
        words={"received_on": complaint.first_received_on, "text": complaint.text, "note": clean_text(note)},
    )
    notices = inform_complainant(
        kinds.FORWARDED,
        complaint,
        once=f"complaint-forwarded:{complaint.pk}:{key}",
        words={"intermediary": name},
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.FORWARDED,
        by=by,
        notice=next(iter(notices), None),
        agency=code,
        intermediary=name,
        intermediary_told=EMAIL if passed else POST,
    )
    return complaint


@transaction.atomic
def note(complaint: Complaint, *, text: str, by: User) -> ComplaintEvent:
    """Add a note to the history, at any time. Refused without text."""
    complaint = locked(complaint)
    if not (text := clean_text(text)):
        raise Refused(_("Write the note."), code="nothing_said", field="text")
    return write_event(complaint, ComplaintEvent.Kind.NOTED, by=by, notice=None, text=text)
