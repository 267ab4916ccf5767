"""Rules: why an operation cannot be asked for now. Plain values in; a sentence for the person out, "" where it can be."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models.claim import ClaimState
from customers.models.policy import PolicyState
from customers.operations.terms import cancellation_due_on, withdrawal_ends_on
from foundation.dates import written_day
from foundation.office.read_only import euro


def why_not_alive(state: str) -> str:
    """For what needs a contract that still runs, suspended or not."""
    if state == PolicyState.EXPIRED:
        return _("The policy has expired.")
    if state == PolicyState.CANCELLED:
        return _("The policy was cancelled.")
    return ""


def why_not_suspend(
    *, line: str, lines: Collection[str], is_life: bool, state: str, has_overdue: bool, ends_on: date, today: date
) -> str:
    """Art. 42, paragraph 2, IVASS Reg. 41/2018: the cover is suspended where the contract allows it (`lines`)."""
    if is_life or line not in lines:
        return _("This contract cannot be suspended.")
    if state == PolicyState.SUSPENDED:
        return _("A suspended policy cannot be suspended again.")
    if reason := why_not_alive(state):
        return reason
    if ends_on < today:
        return _("The policy has expired.")
    if has_overdue:
        return _("An instalment is overdue: the cover can be suspended once it is paid.")
    return ""


def why_not_reactivate(*, state: str, ends_on: date, today: date) -> str:
    """Art. 42, paragraph 2, IVASS Reg. 41/2018: what was suspended is reactivated."""
    if reason := why_not_alive(state):
        return reason
    if state != PolicyState.SUSPENDED:
        return _("The cover is not suspended.")
    if ends_on < today:
        return _("The policy has expired.")
    return ""


def why_not_settle_claim(state: str) -> str:
    """A claim is settled while it is open; an offer is accepted or refused instead."""
    return {
        ClaimState.OFFERED: _("An offer was made: accept it or refuse it."),
        ClaimState.ACCEPTED: _("The offer was accepted: its payment is under way."),
        ClaimState.PAID: _("The claim was paid."),
        ClaimState.REFUSED: _("The claim was refused: the reasons are in our letter."),
        ClaimState.CLOSED: _("The claim is closed."),
    }.get(ClaimState(state), "")


def why_not_settle_benefit(*, is_life: bool, state: str, ends_on: date, today: date) -> str:
    """The benefit of a life policy is due at its maturity."""
    if not is_life:
        return _("Only a life policy has a benefit to settle: of a loss the claim is settled.")
    if state == PolicyState.CANCELLED:
        return _("The policy was cancelled.")
    if ends_on > today:
        return _("The benefit can be asked for from its maturity: %(day)s.") % {"day": written_day(ends_on)}
    return ""


def why_not_surrender(*, is_life: bool, state: str, ends_on: date, today: date) -> str:
    """A life policy is surrendered while it runs."""
    if not is_life:
        return _("Only a life policy has a value to surrender.")
    if reason := why_not_alive(state):
        return reason
    if ends_on <= today:
        return _("The policy has come to its maturity: ask for the settlement of the benefit.")
    return ""


def why_not_amount(amount: Decimal | None, *, value: Decimal | None) -> str:
    """A partial surrender takes a known part of a known value."""
    if amount is None:
        return _("Write the amount, or choose the whole value.")
    if value is None:
        return _("The value is not known here, so only the whole policy can be surrendered.")
    if amount >= value:
        return _("A part is less than the value: choose the whole value for all of it.")
    return ""


def why_not_change_frequency(*, state: str, has_overdue: bool, ends_on: date, today: date) -> str:
    """The frequency changes for a policy that runs and is paid."""
    if reason := why_not_alive(state):
        return reason
    if ends_on < today:
        return _("The policy has expired.")
    if has_overdue:
        return _("An instalment is overdue: the frequency can be changed once it is paid.")
    return ""


def why_not_answer_offer(state: str, *, other_answer_open: bool) -> str:
    """An offer is answered once."""
    if state == ClaimState.ACCEPTED:
        return _("The offer was accepted already.")
    if state != ClaimState.OFFERED:
        return _("There is no offer to answer.")
    if other_answer_open:
        return _("You have refused the offer: withdraw the refusal first.")
    return ""


def offer_in_words(amount: Decimal | None, offered_on: date | None) -> str:
    """The offer as every page names it: its day where it is known, and its amount or where that is written."""
    named = {"day": written_day(offered_on, "del") if offered_on else "", "amount": euro(amount)}
    if amount is None:
        sentence = (
            _("Our offer of %(day)s: the amount is in the letter of the offer.")
            if offered_on
            else _("The amount is in the letter of the offer.")
        )
    else:
        sentence = _("Our offer of %(day)s: %(amount)s.") if offered_on else _("Our offer: %(amount)s.")
    return sentence % named


def why_not_this_offer(
    *, seen: tuple[Decimal | None, date | None], standing: tuple[Decimal | None, date | None]
) -> str:
    """Amount and day of the offer that was shown, and those of the one that stands: only that one is answered."""
    if seen == standing:
        return ""
    return _("The offer has changed since you opened the page. %(offer)s Look at it before you answer.") % {
        "offer": offer_in_words(*standing)
    }


def why_not_withdraw(*, state: str, starts_on: date, days: int, today: date) -> str:
    """Where the contract has no other term, `days` from its start."""
    if reason := why_not_alive(state):
        return reason
    last = withdrawal_ends_on(starts_on, days=days)
    if today > last:
        return _("The term to withdraw ended on %(day)s, where the contract has no other.") % {
            "day": written_day(last)
        }
    return ""


def why_not_cancel(*, tacit_renewal: bool, state: str, ends_on: date, days: int, today: date) -> str:
    """A contract that renews by itself is cancelled `days` before its end, where it has no other term."""
    if reason := why_not_alive(state):
        return reason
    if not tacit_renewal:
        return _("The contract does not renew by itself: it ends on its day, and nothing has to be sent.")
    last = cancellation_due_on(ends_on, days=days)
    if today > last:
        return _("The term to cancel this renewal ended on %(day)s, where the contract has no other.") % {
            "day": written_day(last)
        }
    return ""


def owner_fits(owner: str, name: str, fold: Any) -> bool:
    """Whether an account's owner is the customer: the same words in any order, whatever their capitals and accents."""
    return sorted(fold(owner).split()) == sorted(fold(name).split())
