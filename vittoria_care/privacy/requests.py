"""Commands of the data protection officer: decide about a request for erasure, hold, lift. What follows runs by itself."""

from functools import partial

from celery import current_app
from django.db import transaction
from django.utils import translation

from customers.models import Customer, ErasureRequest, LegalHold, User
from customers.privacy import holds
from customers.privacy.erasure import Decision
from notifications import erasure as letters

from .explaining import explain, sentences

TASK = "vittoria_care.tasks.carry_out_erasures"  # by its name: the tasks import what carries it out


@transaction.atomic
def decide_erasure(request: ErasureRequest, *, decision: Decision, reason: str = "", by: User) -> ErasureRequest:
    """Grant or refuse, write to the person what goes and stays in their language, and wake the worker that does it."""
    with translation.override(request.customer.language):
        words = sentences(explain(request.customer)) if decision == "granted" else {}
    request = letters.decide_erasure(request, decision=decision, reason=reason, by=by, **words)
    _wake()
    return request


def set_hold(customer: Customer, *, matter: str = "", reason: str, by: User) -> LegalHold:
    """Keep a file or a matter until somebody lifts it."""
    return holds.set_hold(customer, matter=matter, reason=reason, by=by)


@transaction.atomic
def lift_hold(hold: LegalHold, *, reason: str, by: User) -> LegalHold:
    """End a hold; what an erasure left because of it goes within minutes, what the retention left in the next night."""
    hold = holds.lift_hold(hold, reason=reason, by=by)
    _wake()
    return hold


def _wake() -> None:
    """Look at the granted requests once this is committed; the sweep finds what a lost nudge leaves."""
    transaction.on_commit(partial(current_app.send_task, TASK), robust=True)
