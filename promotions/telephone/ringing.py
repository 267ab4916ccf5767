"""Commands: make the list of whom an agency may ring, hand it out, and write down what came of each call."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.access import record_download
from customers.models import Consent, User
from customers.services import record_consent
from foundation.dates import ROME
from foundation.files.spreadsheets import EXCEL, csv_lines
from foundation.refusals import Refused
from foundation.telephones import shown_number
from promotions.audience.query import purpose_of
from promotions.models import CalledPerson, CallList, CallResult, CheckedNumber, Promotion
from promotions.telephone.checking import people_to_ring, refuse_to_ring
from promotions.telephone.rules import lasts_until, may_be_rung
from promotions.writing.commands import locked

PHONE = Consent.Channel.PHONE

NOT_CHECKED, OUT_OF_DATE, OPPOSED, LISTED = "not_checked", "out_of_date", "opposed", "listed"
WHY_NOT = {
    NOT_CHECKED: gettext_lazy("the register has not answered about the number"),
    OUT_OF_DATE: gettext_lazy("the check holds no more"),
    OPPOSED: gettext_lazy("in the register of oppositions"),
    LISTED: gettext_lazy("on an earlier list of this promotion"),
}


@dataclass(frozen=True)
class Listed:
    """A list that was made, and why the others who allow a call are not on it."""

    call_list: CallList
    left_out: Counter[str]


@transaction.atomic
def make_call_list(promotion: Promotion, *, by: User) -> Listed:
    """Put on a list who allows a call and whose number has a fresh check. Refused where that is nobody, with the reasons.

    All of it is asked again now: consents, complaints, claims, pauses, the cap. The list holds until the first check of it runs out,
    or the promotion's last day.
    """
    promotion, now = locked(promotion), timezone.now()
    refuse_to_ring(promotion, by=by, now=now)
    assert promotion.not_after is not None, "it was scheduled"
    today, left_out = timezone.localdate(now), Counter[str]()
    people = people_to_ring(promotion, now=now)
    checks = _last_checks(promotion)
    listed = set(CalledPerson.objects.filter(promotion=promotion).values_list("customer", flat=True))
    consents = Consent.objects.in_bulk([each["consent_id"] for each in people])
    chosen: list[tuple[dict[str, Any], CheckedNumber]] = []
    for each in people:
        check = checks.get((each["customer_id"], each["address"]))
        if each["customer_id"] in listed:
            left_out[LISTED] += 1
        elif check is None:
            left_out[NOT_CHECKED] += 1
        elif lasts_until(_checked_on(check)) < today:
            left_out[OUT_OF_DATE] += 1
        elif not _allows(check, consents[each["consent_id"]]):
            left_out[OPPOSED] += 1
        else:
            chosen.append((each, check))
    if not chosen:
        raise Refused(_nobody(left_out), code="nobody_to_ring")
    call_list = CallList.objects.create(
        promotion=promotion,
        number_of_people=len(chosen),
        valid_until=min(
            timezone.localdate(promotion.not_after, ROME),
            *(lasts_until(_checked_on(check)) for _each, check in chosen),
        ),
        made_by=by,
        made_at=now,
    )
    CalledPerson.objects.bulk_create(
        (
            CalledPerson(
                call_list=call_list,
                promotion=promotion,
                customer_id=each["customer_id"],
                phone=each["address"],
                consent_id=each["consent_id"],
                checked=check,
                listed_at=now,
            )
            for each, check in chosen
        ),
        batch_size=1_000,
    )
    return Listed(call_list, left_out)


def _last_checks(promotion: Promotion) -> dict[tuple[int, str], CheckedNumber]:
    """The last answered check of each customer's number, for this promotion alone: each campaign has its own."""
    answered = CheckedNumber.objects.filter(opposition_check__promotion=promotion, answer__isnull=False)
    rows = answered.select_related("answer").order_by("answer__checked_on", "pk")
    return {(each.customer_id, each.phone): each for each in rows}


def _checked_on(check: CheckedNumber) -> date:
    assert check.answer is not None, "it was answered"
    return check.answer.checked_on


def _allows(check: CheckedNumber, consent: Consent) -> bool:
    return may_be_rung(
        is_opposed=bool(check.is_opposed),
        opposed_on=check.opposed_on,
        checked_on=_checked_on(check),
        consented_on=timezone.localdate(consent.recorded_at, ROME),
    )


def _nobody(left_out: Counter[str]) -> str:
    if not left_out:
        return _("Nobody of the audience consents to calls and has an Italian number.")
    reasons = "; ".join(f"{WHY_NOT[why]}: {number}" for why, number in left_out.most_common())
    return _("There is nobody to ring. Left out: %(reasons)s.") % {"reasons": reasons}


# --- Handing it out -------------------------------------------------------------------------------------------------
COLUMNS = (
    gettext_lazy("No."),
    gettext_lazy("name"),
    gettext_lazy("telephone"),
    gettext_lazy("last call"),
    gettext_lazy("again on"),
)


@dataclass(frozen=True)
class HandedOut:
    """The file of a list as it may be used today: how many people are on it, and how many were left out since it was made."""

    content: bytes
    people: int
    left_out: int


@transaction.atomic
def hand_out(call_list: CallList, *, by: User) -> HandedOut:
    """The list as a file, written down with who took it and when. Whoever withdrew since, or must be left alone now, is not on it.

    Refused once it holds no more, or while the promotion is paused or stopped: then nobody may be rung.
    """
    promotion, now = locked(call_list.promotion), timezone.now()
    refuse_to_ring(promotion, by=by, now=now)
    refuse_old(call_list, timezone.localdate(now))
    open_rows = list(
        CalledPerson.objects.filter(call_list=call_list).to_ring().select_related("customer").order_by("pk")
    )
    allowed = allowed_now(promotion, open_rows)
    rows = [each for each in open_rows if each.pk in allowed]
    record_download(by, what=call_list.log_name)
    lines = csv_lines(
        [str(name) for name in COLUMNS],
        (
            [
                each.pk,
                each.customer.letter_name,
                shown_number(each.phone),
                str(each.get_result_display()),
                each.again_on,
            ]
            for each in rows
        ),
        dialect=EXCEL,
    )
    return HandedOut("".join(lines).encode(), len(rows), len(open_rows) - len(rows))


def refuse_old(call_list: CallList, today: date) -> None:
    """Refused once the list holds no more."""
    if call_list.valid_until < today:
        raise Refused(
            _("This list could be used until %(day)s: have the numbers looked up again and make another.")
            % {"day": f"{call_list.valid_until:%d/%m/%Y}"},
            code="list_over",
        )


def allowed_now(promotion: Promotion, people: list[CalledPerson]) -> set[int]:
    """The ids of those who may be rung as of now: by the same number, and by a consent in force."""
    now = timezone.now()
    found = people_to_ring(promotion, now=now, customer_ids=[each.customer_id for each in people])
    numbers = {each["customer_id"]: each["address"] for each in found}
    return {each.pk for each in people if numbers.get(each.customer_id) == each.phone}


# --- What came of a call --------------------------------------------------------------------------------------------
@transaction.atomic
def record_call(
    person: CalledPerson, *, result: str, by: User, again_on: date | None = None, note: str = ""
) -> CalledPerson:
    """Write down a call. Who is not interested withdraws the consent to calls with it, at once.

    Refused once the person was reached, and for a day to ring again on which the list holds no more.
    """
    person = (
        CalledPerson.objects.select_for_update(of=("self",))
        .select_related("call_list", "customer", "promotion__agency")
        .get(pk=person.pk)
    )
    if person.is_over:
        raise Refused(_("What came of this call was entered already."), code="call_over")
    if result not in CallResult.values:
        raise Refused(_("Choose a result from the list."), code="result", field="result")
    if result == CallResult.CALL_AGAIN:
        today = timezone.localdate()
        if again_on is None or not today <= again_on <= person.call_list.valid_until:
            last = f"{person.call_list.valid_until:%d/%m/%Y}"
            raise Refused(
                _("Give a day from today to %(day)s: until then the list may be used.") % {"day": last},
                code="again_on",
                field="again_on",
            )
    person.result, person.note = result, note
    person.again_on = again_on if result == CallResult.CALL_AGAIN else None
    person.result_by, person.result_at = by, timezone.now()
    person.tries += 1
    person.save(update_fields=["result", "note", "again_on", "result_by", "result_at", "tries"])
    if result == CallResult.NOT_INTERESTED:
        _withdraw(person, by=by)
    return person


def _withdraw(person: CalledPerson, *, by: User) -> None:
    """The person said so on the telephone: an event of the ledger, unless they had withdrawn already."""
    purpose = purpose_of(person.promotion, PHONE)
    last = Consent.objects.filter(customer=person.customer, purpose=purpose, channel=PHONE).latest_first().first()
    if last is not None and last.event == Consent.Event.WITHDRAWN:
        return
    record_consent(
        person.customer,
        purpose=purpose,
        channel=PHONE,
        event=Consent.Event.WITHDRAWN,
        text_version=last.text_version if last is not None else "-",
        source=Consent.Source.CALL,
        evidence=_("said on the telephone; call list %(number)s, no. %(row)d")
        % {"number": person.call_list, "row": person.pk},
        by=by,
        is_objection=True,
    )
