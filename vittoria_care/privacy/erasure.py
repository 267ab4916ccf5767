"""Carry out an erasure: what the plan says, in one transaction, written into the ledger before it commits.

A worker that dies in the middle has done nothing, and the next one begins again; what is done twice is done once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone, translation

from customers.models import Customer, ErasureRequest, LegalHold
from foundation.files.removing import remove_files
from foundation.privacy import Words
from foundation.retention import erasing
from notifications.erasure import letters_of
from notifications.models import Notice

from . import ledger
from .going import Going
from .planning import HELD, Plan, plan_erasure
from .rules import OBSTACLES

log = structlog.get_logger(__name__)

RULE = "erasure"  # in the proofs of what was removed
State = ErasureRequest.State
LETTER_DAYS = 30  # the letter that says what goes is given so long to leave before what it is addressed to goes


@dataclass(frozen=True)
class Result:
    """What was done: rows by table, files, and the plan that was followed. `waits`: why nothing was done yet."""

    numbers: dict[str, int]
    files: int
    plan: Plan | None
    waits: tuple[Words, ...] = ()


def obstacles_of(customer: Customer) -> list[Words]:
    """What is under way and has to end first, in words; empty where nothing is."""
    return [each.words for each in OBSTACLES if any(each.rows(pk).exists() for pk in customer.file_ids)]


def held_whole(customer: Customer) -> bool:
    """Whether a legal hold keeps the customer's whole file."""
    return LegalHold.objects.in_force().filter(customer__in=customer.file_ids, matter="").exists()


def carry_out(request: ErasureRequest, *, now: datetime | None = None) -> Result:
    """Do what a granted request still allows: all that neither the law, nor a hold, nor something under way keeps."""
    now = now or timezone.now()
    waits = obstacles_of(request.customer)
    if held_whole(request.customer):
        waits.append(HELD)
    if waits or _letter_is_on_its_way(request, now):
        return Result({}, 0, None, tuple(waits))
    return erase(request.customer, request=request, now=now)


def erase(
    customer: Customer, *, request: ErasureRequest | None = None, rule: str = RULE, now: datetime | None = None
) -> Result:
    """Erase what may go of the customer, whoever asked; the caller has looked at what is under way."""
    now = now or timezone.now()
    with erasing() as erase:
        files = Customer.objects.using(erase.using).select_for_update().with_merged(customer.pk).order_by("pk")
        customer, *joined = sorted(files, key=lambda each: each.pk != customer.pk)
        plan = plan_erasure(customer, now=now, using=erase.using)
        going = Going(erase, rule=rule)
        for line in plan.lines:
            going.let_go(line.rule, line.goes)
        if request is not None:
            _note_outcome(request, plan, now, erase.using)
        if plan.something_goes:
            for file in (customer, *joined):
                ledger.append(file)  # last: on disk before the commit, so that no erasure is ever missing from it
    _end_sessions(plan.person.user_ids)
    remove_files()
    log.info("erased", customer=customer.pk, rows=sum(going.numbers.values()), files=going.files, rule=rule)
    return Result(dict(going.numbers), going.files, plan)


def carry_out_all(now: datetime) -> int:
    """Carry out every granted request that nothing keeps waiting, and what has become free of the earlier ones; returns how many."""
    done = 0
    for request in ErasureRequest.objects.to_carry_out().select_related("customer").order_by("pk").iterator(200):
        result = carry_out(request, now=now)
        done += bool(result.numbers)
    return done


def outcome_of(plan: Plan) -> list[dict[str, Any]]:
    """The plan as it is kept with the request: numbers, reasons and days, and nothing about anybody.

    Reasons are kept as they stand in the source, so that they are shown in the reader's language.
    """
    found: list[dict[str, Any]] = []
    with translation.override("en"):
        for line in plan.lines:
            if line.goes:
                found.append({"rule": line.rule.name, "goes": len(line.goes)})
            for stay in line.stays:
                until = stay.until.isoformat() if stay.until else None
                found.append({"rule": line.rule.name, "stays": len(stay.keys), "why": str(stay.why), "until": until})
    return found


def remains(plan: Plan) -> bool:
    """Whether something of the person waits to go: proofs that name nobody go by the retention alone."""
    return any(line.stays and (line.rule.needs_name or line.rule.at_once) for line in plan.lines)


def _note_outcome(request: ErasureRequest, plan: Plan, now: datetime, using: str) -> None:
    """What was done, with the request, in the transaction that did it."""
    rows = ErasureRequest.objects.using(using).filter(pk=request.pk)
    state = State.CARRIED_OUT if remains(plan) else State.FINISHED
    kept = rows.values_list("outcome", "carried_out_at").get()
    rows.update(
        state=state,
        carried_out_at=kept[1] or now,
        outcome=[*(each for each in kept[0] if "goes" in each), *outcome_of(plan)],
        ended_at=now if state == State.FINISHED else None,
    )


def _letter_is_on_its_way(request: ErasureRequest, now: datetime) -> bool:
    """Whether the letter about the decision has still to leave, to an address that the erasure takes away."""
    if request.decided_at is None or request.decided_at < now - timedelta(days=LETTER_DAYS):
        return False
    waiting = [Notice.State.QUEUED, Notice.State.SENDING]
    return letters_of(request).filter(state__in=waiting).exists()


def _end_sessions(user_ids: Iterable[int]) -> None:
    """Sign the erased sign-ins out, and forget what their sessions held."""
    wanted = {str(pk) for pk in user_ids}
    if not wanted:
        return
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) in wanted:
            SessionStore(session.session_key).delete()  # from the cache too
