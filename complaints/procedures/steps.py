"""What every command on a request or an appeal shares: the locked row, the one way to change its state, the event."""

from typing import Any, TypeVar

from django.utils.translation import gettext as _

from complaints.models import ArbitratorAppeal, ComplaintEvent, RegulatorRequest
from customers import roles
from customers.models import User
from foundation.refusals import Refused
from notifications.models import Notice

Procedure = RegulatorRequest | ArbitratorAppeal
ProcedureT = TypeVar("ProcedureT", RegulatorRequest, ArbitratorAppeal)


def locked(row: ProcedureT) -> ProcedureT:
    """The request or appeal as it is now, locked until the transaction ends, with its complaint."""
    rows = type(row)._default_manager.select_for_update(of=("self",))
    return rows.select_related("complaint__customer", "complaint__agency", "complaint__handler", "handler").get(
        pk=row.pk
    )


def save_version(row: Procedure) -> None:
    """Save the locked row under its next version."""
    row.version += 1
    row.save()


def move(row: Procedure, *, to: str) -> None:
    """Set the state of a locked row, as its table of states allows; the caller saves. Refused with "wrong_state" otherwise."""
    if not row.can_become(to):
        raise Refused(
            _("%(number)s is “%(state)s”: it cannot become “%(wanted)s”.")
            % {"number": row, "state": row.get_state_display(), "wanted": row.State(to).label},
            code="wrong_state",
        )
    row.state = to


def write_step(
    row: Procedure, step: str, *, by: User | None, notice: Notice | None = None, **details: Any
) -> ComplaintEvent:
    """Add one line to the history of the complaint, which is that of the request or appeal as well.

    Details without a value are left out; the words of a step are in `complaints/details.py`.
    """
    stated = {name: value for name, value in details.items() if value not in (None, "", [])}
    is_request = isinstance(row, RegulatorRequest)
    kinds = ComplaintEvent.Kind
    return ComplaintEvent.objects.create(
        complaint_id=row.complaint_id,
        request=row if isinstance(row, RegulatorRequest) else None,
        appeal=row if isinstance(row, ArbitratorAppeal) else None,
        kind=kinds.REGULATOR if is_request else kinds.ARBITRATOR,
        by=by,
        notice=notice,
        details={"step": step, "procedure": str(row), **stated},
    )


def check_officer(handler: User) -> None:
    """Refused for somebody who is no active complaint officer."""
    if not handler.has_role([roles.COMPLAINT_OFFICER]):
        raise Refused(
            _("%(name)s is not a complaint officer.") % {"name": handler}, code="not_an_officer", field="handler"
        )


def give_to(row: Procedure, handler: User) -> str:
    """Set the handler of a locked row and return who had it before, "" for nobody; the caller saves.

    Refused for somebody who is no officer, and for the person who has it already.
    """
    check_officer(handler)
    if row.handler_id == handler.pk:
        raise Refused(_("%(name)s has it already.") % {"name": handler}, code="assigned_already", field="handler")
    before, row.handler = row.handler, handler
    return str(before) if before else ""
