"""Rule: whether a consent counts. The last event of a purpose and channel in, yes or no out."""

from customers.models import Consent

Source = Consent.Source
# Taken down by a person, or brought from an earlier system: it is proven by what was kept of it, and by nothing else.
IN_PERSON = (Source.CALL, Source.PAPER, Source.AGENCY, Source.IMPORT)


def is_unproven(*, source: str, evidence: str) -> bool:
    """Whether nothing shows that the person agreed (art. 7(1) GDPR): it was taken down, and nothing of it was kept."""
    return source in IN_PERSON and not evidence


def is_in_force(event: str | None, *, purpose: str) -> bool:
    """Whether somebody whose last event this is may be written to, or shown something, for the purpose.

    Double opt-in (Garante, order 330 of 4 June 2025): a consent that was only given counts for nothing until it is
    confirmed by the link that was sent. Advertising inside the reserved area is given by the person signed in to it,
    on the page itself, and counts at once.
    """
    if event == Consent.Event.CONFIRMED:
        return True
    return event == Consent.Event.GIVEN and purpose == Consent.Purpose.PORTAL_ADVERTISING


def is_waiting(event: str | None, *, purpose: str) -> bool:
    """Whether it was given, and still wants its confirmation."""
    return event == Consent.Event.GIVEN and not is_in_force(event, purpose=purpose)


def counts_at_once(*, is_signed: bool, address_is_verified: bool) -> bool:
    """Whether a consent that was given to us in person needs no link to confirm it.

    The link proves that the reader of the mailbox wants it (Garante, order 330 of 4 June 2025). A signature on paper proves as
    much; so does a mailbox from which the customer has answered before, together with the call in which they agreed.
    """
    return is_signed or address_is_verified
