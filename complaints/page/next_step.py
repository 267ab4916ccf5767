"""Rule: the one thing to do next about a complaint, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from complaints.models import AnswerApproval, Complaint, Enquiry

State = Complaint.State


@dataclass(frozen=True)
class Step:
    """A step on the way of a complaint: done, to be done now, or later; `commands` are the names of those that do it."""

    name: str
    hint: str
    is_done: bool
    is_next: bool = False
    commands: tuple[str, ...] = ()


def steps_of(
    complaint: Complaint,
    *,
    ticked: int,
    items: int,
    waiting: AnswerApproval | None,
    has_gone: bool,
    asked: str = "",
) -> list[Step]:
    """The way of a complaint from its receipt to an answer that has arrived; the first that is not done is the next.

    `ticked` of `items` of the checklist; `waiting`: an answer that a second person reads; `has_gone`: the letter has. `asked`: how
    far the last enquiry to the intermediary has come (`Enquiry.State`), "" where it was not written to.
    """
    if complaint.state in (State.WITHDRAWN, State.CANCELLED):
        return []
    lacking = [
        words
        for is_there, words in (
            (complaint.ramo, _("line of business")),
            (complaint.area, _("business area")),
            (complaint.reason_codes, _("reason")),
            (complaint.received_by, _("channel of receipt")),
        )
        if not is_there
    ]
    is_answered = complaint.state == State.ANSWERED
    heard = asked != Enquiry.State.OPEN
    way: list[tuple[str, str, bool, tuple[str, ...]]] = [
        (
            _("Assign it"),
            _("Somebody who did not handle the matter follows it.") if complaint.handler_id is None else "",
            complaint.handler_id is not None or is_answered,
            ("assegna",),
        ),
        (
            _("Say what it is about"),
            _("Not classified yet: %(what)s.") % {"what": ", ".join(lacking)} if lacking else "",
            not lacking,
            ("classifica",),
        ),
        (
            _("Look into it"),
            _("%(ticked)d of %(items)d of the checklist.") % {"ticked": ticked, "items": items} if items else "",
            is_answered or ticked >= items,
            ("controlli",),
        ),
        (
            _("Hear the intermediary"),
            "" if heard else _("It was asked, and its position has not come yet."),
            heard and (is_answered or not complaint.is_heard or bool(asked)),
            ("sospendi", "invita", "posizione"),
        ),
        (
            _("Write the answer"),
            _("%(name)s wrote it, and a second person reads it.") % {"name": waiting.submitted_by} if waiting else "",
            is_answered,
            ("rispondi", "approva"),
        ),
        (_("See that it arrives"), "" if has_gone or not is_answered else _("It has not gone out yet."), has_gone, ()),
    ]
    if not complaint.is_heard and heard:
        del way[3]
    following = next((place for place, (_name, _hint, is_done, _by) in enumerate(way) if not is_done), None)
    return [
        Step(name, hint, is_done, place == following, commands)
        for place, (name, hint, is_done, commands) in enumerate(way)
    ]
