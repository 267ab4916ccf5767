"""Commands on two files of one person: suggest, dismiss, join, part.

Lock order: both customers by their ids, then what is theirs. Nothing that only grows is touched: it is read through.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.joining.queries import standing_of
from customers.joining.relations import key_named, move, moved, rows_to_move
from customers.joining.rules import CHOICES, TAX_CODE, as_kept, as_was, taken_over, undone_until, why_not_joined
from customers.models import Consent, ContactPoint, Customer, CustomerJoin, DuplicatePair, User
from customers.models.joining import DuplicateReason, DuplicateState
from foundation.refusals import ChangedMeanwhile, Refused

EVIDENCE = "customer.Consent:{pk}, file {code}"  # what a consent that was taken over was, and where
PARTED = "files parted: the consent of file {code}"


@dataclass(frozen=True)
class Parted:
    """What was put back, and the names of the values that were left as they are because they were changed since."""

    join: CustomerJoin
    left: list[str]


# --- Suggestions --------------------------------------------------------------------------------------------------
@transaction.atomic
def suggest_pair(one: Customer, other: Customer, *, by: User) -> DuplicatePair:
    """Put two files that a colleague found on the list of likely duplicates, to be compared; those that are there remain as they are.

    Refused for the same file twice, and for one that was joined already.
    """
    files = _locked(one.pk, other.pk)
    _refuse(files, kept=one.pk, joined=other.pk, only=("same_file", "joined_already", "erased"))
    first, second = sorted((one.pk, other.pk))
    pair, is_new = DuplicatePair.objects.get_or_create(
        first_id=first, second_id=second, defaults={"reasons": [DuplicateReason.BY_HAND]}
    )
    if not is_new and pair.state != DuplicateState.SUGGESTED:
        _set_state(pair, DuplicateState.SUGGESTED)
    return pair


@transaction.atomic
def dismiss_pair(pair: DuplicatePair, *, reason: str, by: User) -> DuplicatePair:
    """Two different people: the pair is not suggested again. Refused without a reason, and where it is decided already."""
    pair = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    _require_open(pair)
    _require_reason(reason)
    _set_state(pair, DuplicateState.DISMISSED, by=by, reason=reason)
    return pair


def _require_open(pair: DuplicatePair) -> None:
    if pair.state != DuplicateState.SUGGESTED:
        raise ChangedMeanwhile(
            _("This was decided already: %(state)s, by %(who)s.")
            % {"state": pair.get_state_display(), "who": pair.decided_by}
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Say why: a colleague who looks at it later has to understand it."), field="reason")


def _set_state(pair: DuplicatePair, state: str, *, by: User | None = None, reason: str = "") -> None:
    pair.state, pair.decided_by, pair.decision_reason = state, by, reason.strip()
    pair.decided_at = timezone.now() if by is not None else None
    pair.save(update_fields=["state", "decided_by", "decision_reason", "decided_at"])


# --- Join ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def join_files(kept: Customer, joined: Customer, *, choices: Mapping[str, str], reason: str, by: User) -> CustomerJoin:
    """Make two files one: `joined` is read through `kept` from now on.

    `choices` names for each value that differs (`rules.CHOICES`) whose counts, "kept" or "joined". Refused without a reason, and
    for what `rules.why_not_joined` says.
    """
    files = _locked(kept.pk, joined.pk)
    _refuse(files, kept=kept.pk, joined=joined.pk)
    _require_reason(reason)
    kept, joined = files[kept.pk], files[joined.pk]
    join = CustomerJoin(kept=kept, joined=joined, reason=reason.strip(), by=by)
    join.fields = taken_over(choices, kept, joined)
    if TAX_CODE in join.fields:  # one customer has it at a time
        joined.tax_code = ""
        joined.save(update_fields=[TAX_CODE, "updated_at"])
    for name, (_before, after) in join.fields.items():
        setattr(kept, name, as_was(name, after))
    kept.joined_ids = sorted({*kept.joined_ids, joined.pk})
    _save(kept, [*join.fields, "joined_ids"])
    join.moved = _move_rows(kept, joined)
    join.points = _let_go_points(kept, joined)
    joined.merged_into = kept
    joined.save(update_fields=["merged_into", "updated_at"])
    join.consents = _take_over_consents(kept, joined, by=by)
    join.save()
    _settle_pairs(kept, joined, by=by, reason=join.reason)
    return join


def _locked(*ids: int) -> dict[int, Customer]:
    """The files, locked by their ids: two people who join the same two come one after the other."""
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {each.pk: each for each in rows}


def _refuse(files: Mapping[int, Customer], *, kept: int, joined: int, only: tuple[str, ...] = ()) -> None:
    standing = {each.pk: each for each in standing_of(Customer.objects.filter(pk__in=files))}
    code, words = why_not_joined(standing[kept], standing[joined])
    if code and (not only or code in only):
        raise Refused(words, code=code)


def _save(customer: Customer, names: list[str]) -> None:
    columns = ["agency" if name == "agency_id" else name for name in names]
    customer.save(update_fields=[*columns, "updated_at"])


def _move_rows(kept: Customer, joined: Customer) -> dict[str, list[int]]:
    done: dict[str, list[int]] = {}
    for name, relation in moved():
        ids = sorted(rows_to_move(name, relation, joined=joined.pk, kept=kept.pk).values_list("pk", flat=True))
        if ids:
            move(name, ids, to=kept.pk)
            done[name] = ids
    return done


def _let_go_points(kept: Customer, joined: Customer) -> list[dict[str, Any]]:
    """Numbers and addresses that both have are the remaining file's alone: one person answers from them, and is found by them once.

    One that only the joined file had verified is verified.
    """
    done = []
    for point in ContactPoint.objects.filter(customer=joined).order_by("pk"):
        if point.verified_at is not None:
            same = ContactPoint.objects.filter(customer=kept, kind=point.kind, value=point.value)
            same.filter(verified_at__isnull=True).update(verified_at=point.verified_at)
        verified = point.verified_at.isoformat() if point.verified_at else None
        done.append({"kind": point.kind, "value": point.value, "stated": point.stated, "verified_at": verified})
        point.delete()
    return done


def _bring_back_points(join: CustomerJoin, joined: Customer) -> None:
    for each in join.points:
        values = {"stated": each["stated"], "verified_at": parse_datetime(each["verified_at"] or "")}
        ContactPoint.objects.get_or_create(customer=joined, kind=each["kind"], value=each["value"], defaults=values)


def _take_over_consents(kept: Customer, joined: Customer, *, by: User) -> list[int]:
    """Write in the ledger of `kept` what the other file allowed or withdrew: a withdrawal in either of the two wins.

    What only the joined file allowed is allowed; what both say is left as it is, unless one of them was withdrawn.
    """
    mine = {(each.purpose, each.channel): each for each in Consent.objects.filter(customer=kept).in_force()}
    written: list[int] = []
    for theirs in Consent.objects.filter(customer=joined).in_force():
        own = mine.get((theirs.purpose, theirs.channel))
        is_withdrawn = theirs.event == Consent.Event.WITHDRAWN
        if own is not None and (not is_withdrawn or own.event == Consent.Event.WITHDRAWN):
            continue
        event = Consent.objects.create(
            customer=kept,
            purpose=theirs.purpose,
            channel=theirs.channel,
            event=theirs.event,
            text_version=theirs.text_version,
            source=theirs.source,
            evidence=EVIDENCE.format(pk=theirs.pk, code=joined.code),
            recorded_by=by,
            recorded_at=theirs.recorded_at if own is None else timezone.now(),
        )
        written.append(event.pk)
    return written


def _settle_pairs(kept: Customer, joined: Customer, *, by: User, reason: str) -> None:
    """The pair is decided; other suggestions about the joined file have nothing to compare any more."""
    first, second = sorted((kept.pk, joined.pk))
    pair, _is_new = DuplicatePair.objects.get_or_create(
        first_id=first, second_id=second, defaults={"reasons": [DuplicateReason.BY_HAND]}
    )
    _set_state(pair, DuplicateState.JOINED, by=by, reason=reason)
    open_pairs = DuplicatePair.objects.filter(state=DuplicateState.SUGGESTED)
    (open_pairs.filter(first=joined) | open_pairs.filter(second=joined)).delete()


# --- Part ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def part_files(join: CustomerJoin, *, reason: str, by: User) -> Parted:
    """Undo a join: the two are two files again. Refused without a reason, the second time, and after UNDO_DAYS.

    Rows that were moved go back, unless they were given to somebody else since; values go back, unless they were changed since.
    What was written since the join remains where it was written. A consent that was taken over and holds still is withdrawn: it
    was another person's; a withdrawal remains, for nobody is written to by a mistake of ours.
    """
    standing = CustomerJoin.objects.get(pk=join.pk)
    files = _locked(standing.kept_id, standing.joined_id)
    join = CustomerJoin.objects.select_for_update().get(pk=join.pk)
    kept, joined = files[join.kept_id], files[join.joined_id]
    _refuse_parting(join, kept)
    _require_reason(reason)
    joined.merged_into = None
    joined.save(update_fields=["merged_into", "updated_at"])
    kept.joined_ids = [each for each in kept.joined_ids if each != joined.pk]
    left = _put_back_values(join, kept, joined)
    for name, ids in join.moved.items():
        model, key = key_named(name)
        still = model._base_manager.filter(pk__in=ids, **{key: kept.pk})
        move(name, list(still.values_list("pk", flat=True)), to=joined.pk)
    _bring_back_points(join, joined)
    _withdraw_taken_over(join, kept, joined, by=by)
    join.parted_by, join.parted_at, join.part_reason = by, timezone.now(), reason.strip()
    join.save(update_fields=["parted_by", "parted_at", "part_reason"])
    first, second = sorted((kept.pk, joined.pk))
    for pair in DuplicatePair.objects.filter(first=first, second=second):
        _set_state(pair, DuplicateState.DISMISSED, by=by, reason=reason)
    return Parted(join, left)


def _refuse_parting(join: CustomerJoin, kept: Customer) -> None:
    if join.parted_at is not None:
        raise ChangedMeanwhile(_("They were parted already, by %(who)s.") % {"who": join.parted_by})
    until = undone_until(join.at)
    if timezone.now() > until:
        day = date_format(timezone.localtime(until), "SHORT_DATE_FORMAT")
        raise Refused(_("A join can be undone for 30 days: until %(day)s.") % {"day": day}, code="too_late")
    (standing,) = standing_of(Customer.objects.filter(pk=kept.pk))
    if standing.is_erased or standing.under_erasure:
        raise Refused(
            _("Erasure was asked for this person: it has to be decided or withdrawn first."), code="under_erasure"
        )


def _put_back_values(join: CustomerJoin, kept: Customer, joined: Customer) -> list[str]:
    left, back = [], []
    for name, (before, after) in join.fields.items():
        if as_kept(getattr(kept, name)) == after:
            setattr(kept, name, as_was(name, before))
            back.append(name)
        else:
            left.append(name)
    _save(kept, [*back, "joined_ids"])
    if TAX_CODE in back:
        joined.tax_code = join.fields[TAX_CODE][1]
        joined.save(update_fields=[TAX_CODE, "updated_at"])
    labels = {column: str(label) for label, columns in CHOICES.values() for column in columns}
    labels[TAX_CODE] = str(Customer._meta.get_field(TAX_CODE).verbose_name)  # type: ignore[union-attr]  # it has one
    return list(dict.fromkeys(labels[name] for name in left))


def _withdraw_taken_over(join: CustomerJoin, kept: Customer, joined: Customer, *, by: User) -> None:
    for last in Consent.objects.filter(customer=kept).in_force():
        if last.pk in join.consents and last.event != Consent.Event.WITHDRAWN:
            Consent.objects.create(
                customer=kept,
                purpose=last.purpose,
                channel=last.channel,
                event=Consent.Event.WITHDRAWN,
                text_version=last.text_version,
                source=last.source,
                evidence=PARTED.format(code=joined.code),
                recorded_by=by,
            )


def require_not_joined(customer: Customer) -> None:
    """Refused for a file that was joined to another one, which the refusal names."""
    if customer.merged_into is not None:
        raise Refused(
            _("%(code)s was joined with %(with)s: work on that file.")
            % {"code": customer.code, "with": customer.merged_into.code},
            code="joined",
        )
