"""Command: write one more event in the ledger of consents."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers.consents import is_unproven
from customers.models import Consent, Customer, User
from foundation.refusals import Refused

Event = Consent.Event


def is_first_proof(last: Consent, evidence: str) -> bool:
    """Whether this is what first proves a consent that was taken down without anything that did."""
    return bool(evidence) and is_unproven(source=last.source, evidence=last.evidence)


@transaction.atomic
def record_consent(
    customer: Customer,
    *,
    purpose: str,
    channel: str,
    event: str,
    text_version: str,
    source: str,
    by: User | None,
    evidence: str = "",
    is_objection: bool = False,
) -> Consent:
    """Add an event for a purpose and channel, and return it; the same event again returns the one that is there.

    The same with the first thing that proves it, where there was none, is an event of its own.
    Refused where it does not follow from the last: nothing is confirmed that was not given just before, under the same
    text, and nothing is withdrawn that was never given, unless the person objects to being written to at all (art. 21
    GDPR; art. 130(4) of the privacy code).
    """
    Customer.objects.select_for_update().get(pk=customer.pk)
    last = Consent.objects.filter(customer=customer, purpose=purpose, channel=channel).latest_first().first()
    same = {event, Event.CONFIRMED} if event == Event.GIVEN else {event}
    if (
        last is not None
        and last.event in same
        and last.text_version == text_version
        and not is_first_proof(last, evidence)
    ):
        return last
    if event == Event.CONFIRMED and (last is None or last.event != Event.GIVEN or last.text_version != text_version):
        raise Refused(
            _("There is no consent to confirm here: it was withdrawn, or confirmed already."), code="not_given"
        )
    if event == Event.WITHDRAWN and ((last is None and not is_objection) or (last and last.event == Event.WITHDRAWN)):
        raise Refused(_("There is no consent to withdraw."), code="not_given")
    return Consent.objects.create(
        customer=customer,
        purpose=purpose,
        channel=channel,
        event=event,
        text_version=text_version,
        source=source,
        evidence=evidence,
        recorded_by=by,
    )
