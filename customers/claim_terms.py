"""Rules: by when a motor claim must have an answer and its money (art. 148 CAP, d.lgs. 209/2005). Dates in, dates out.

The day from which a term runs is not counted (art. 2963 c.c.). A term that ends on a holiday is not moved on: the
company holds itself to the earlier day. Where each term was read, and what was not: docs/decisions/terms-and-their-sources.md.
"""

from datetime import date, timedelta

PROPERTY_DAYS = 60  # art. 148, paragraph 1: damage to things
SIGNED_BY_BOTH_DAYS = 30  # the same, when both drivers signed the accident form
INJURY_DAYS = 90  # art. 148, paragraph 2: injury or death, alone or with damage to things
PAYMENT_DAYS = 15  # art. 148, paragraph 6: from the acceptance
ANSWER_DAYS = (
    30  # art. 148, paragraph 8: whoever has not answered by then is paid what was offered, as if refused (paragraph 7)
)

DAYS = {"property": PROPERTY_DAYS, "injury": INJURY_DAYS, "mixed": INJURY_DAYS}


def offer_due_on(complete_on: date, *, kind: str, signed_by_both: bool = False) -> date:
    """The last day for a reasoned offer or refusal on a claim whose file was complete on `complete_on`.

    `kind` is "property", "injury" or "mixed" (any injury makes it 90 days). ValueError for another kind.
    """
    return complete_on + timedelta(days=offer_days(kind=kind, signed_by_both=signed_by_both))


def offer_days(*, kind: str, signed_by_both: bool = False) -> int:
    """How many days the company has for its offer from the complete file. ValueError for another kind (see above)."""
    if kind not in DAYS:
        raise ValueError(f"A claim is {', '.join(DAYS)}, not {kind!r}.")
    return SIGNED_BY_BOTH_DAYS if kind == "property" and signed_by_both else DAYS[kind]


def answer_expected_by(offered_on: date) -> date:
    """The day by which an answer to the offer of a motor claim is asked for; without one what was offered is paid all the same.

    The law counts thirty days from the communication of the offer, which is never before its day; it takes away no right to accept later.
    """
    return offered_on + timedelta(days=ANSWER_DAYS)


def payment_due_on(accepted_on: date) -> date:
    """The last day for paying what the injured party accepted (or what was offered, if they did not answer)."""
    return accepted_on + timedelta(days=PAYMENT_DAYS)
