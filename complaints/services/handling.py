"""Commands: who follows a complaint, what it is about, whom it is passed to, and what is noted on it."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import kinds
from complaints.models import Complaint, ComplaintEvent
from complaints.services.moves import (
    EMAIL,
    POST,
    keep,
    locked,
    locked_open,
    move,
    tell_complainant,
    tell_intermediary,
    write_event,
)
from customers import roles
from customers.models import User
from customers.refusals import Refused
from customers.sorting import Folded

CLASSIFICATION = (
    "customer",
    "policy",
    "claim",
    "agency",
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
HEARD_STAYS = gettext_lazy("While the intermediary is heard, who it is stays as it is. Let the clock go on first.")


def officers() -> models.QuerySet[User]:
    """Those who follow complaints: active complaint officers."""
    return User.objects.filter(is_active=True, groups__name=roles.COMPLAINT_OFFICER).order_by(
        Folded("last_name"), "pk"
    )


@transaction.atomic
def assign(complaint: Complaint, *, handler: User, by: User) -> Complaint:
    """Give an open complaint to an officer; one just received is under review from then on.

    Refused for somebody who is no active complaint officer, and for who has it already.
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
        moved = move(complaint, to=Complaint.State.UNDER_REVIEW)
    else:
        keep(complaint)
    write_event(
        complaint,
        ComplaintEvent.Kind.ASSIGNED,
        by=by,
        handler=str(handler),
        before=str(before) if before else "",
        **moved,
    )
    return complaint


@transaction.atomic
def classify(complaint: Complaint, *, by: User, changes: Mapping[str, Any]) -> Complaint:
    """Write what the complaint is about, for the register: fields of CLASSIFICATION and their values. At any time.

    While the clock stands still, the intermediary it stands still for stays as it is.
    """
    if unknown := changes.keys() - set(CLASSIFICATION):
        raise ValueError(f"Not part of the classification: {', '.join(sorted(unknown))}.")
    complaint = locked(complaint)
    if complaint.state == Complaint.State.SUSPENDED and changes.keys() & {"agency", "about_conduct"}:
        raise Refused(HEARD_STAYS, code="wrong_state")
    said = {}
    for name, value in changes.items():
        if (before := getattr(complaint, name)) != value:
            said[name] = [_plain(before), _plain(value)]
            setattr(complaint, name, value)
    if said:
        keep(complaint)
        write_event(complaint, ComplaintEvent.Kind.CLASSIFIED, by=by, **said)
    return complaint


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | None) else str(value)


@transaction.atomic
def forward_to_intermediary(complaint: Complaint, *, by: User, note: str = "") -> Complaint:
    """Pass a copy to the intermediary whose conduct is concerned, and tell the complainant. The clock goes on.

    Once to each intermediary. Refused when no intermediary is concerned.
    """
    complaint = locked_open(complaint)
    if not complaint.about_conduct or complaint.agency is None:
        raise Refused(_("Say first which intermediary's conduct is concerned."), code="no_intermediary")
    agency = complaint.agency
    if complaint.events.filter(kind=ComplaintEvent.Kind.FORWARDED, details__agency=agency.code).exists():
        raise Refused(_("%(name)s has a copy already.") % {"name": agency.name}, code="forwarded_already")
    passed = tell_intermediary(
        kinds.PASSED_ON,
        complaint,
        once=f"complaint-passed-on:{complaint.pk}:{agency.pk}",
        words={"received_on": complaint.first_received_on, "text": complaint.text, "note": note.strip()},
    )
    told = tell_complainant(
        kinds.FORWARDED,
        complaint,
        once=f"complaint-forwarded:{complaint.pk}:{agency.pk}",
        words={"intermediary": agency.name},
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.FORWARDED,
        by=by,
        notice=next(iter(told), None),
        agency=agency.code,
        intermediary=agency.name,
        intermediary_told=EMAIL if passed else POST,
    )
    return complaint


@transaction.atomic
def note(complaint: Complaint, *, text: str, by: User) -> ComplaintEvent:
    """Add a note to the history, at any time. Refused without text."""
    complaint = locked(complaint)
    if not (text := text.strip()):
        raise Refused(_("Write the note."), code="nothing_said", field="text")
    return write_event(complaint, ComplaintEvent.Kind.NOTED, by=by, text=text)
