"""Command: send the report of a claim. It opens the contact in which it is worked, and writes to the customer."""

import uuid

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.claims.kinds import CLAIM_REPORTED
from contact_center.contacts.moves import locked, note_event, save_with_event
from contact_center.contacts.opening import claim_url, team_in_turn
from contact_center.contacts.priority import recompute_priority
from contact_center.due.targets import due_at
from contact_center.models import Contact, ContactEvent, Message, Topic
from customers.claim_reports.commands import Sent, send_report
from customers.claim_reports.lines import GUIDES, as_text
from customers.claim_terms import offer_days
from customers.models import Claim, ClaimReport, Customer, User
from customers.rami import MOTOR_LIABILITY
from foundation.refusals import Refused
from notifications.services import is_enrolled, tell_customer

REPORT_TOPIC = "claims-report"  # given to the contact where the topics have it
OF_A_REPORT = "report:"  # begins the key of the message that holds the whole report
CHANNELS = {
    ClaimReport.Channel.PORTAL: Contact.Channel.PORTAL,
    ClaimReport.Channel.APP: Contact.Channel.APP,
    ClaimReport.Channel.EMAIL: Contact.Channel.EMAIL,
    ClaimReport.Channel.POST: Contact.Channel.POST,
    ClaimReport.Channel.AGENCY: Contact.Channel.VISIT,  # the customer came to the agency
}


@transaction.atomic
def send_claim_report(
    *,
    key: uuid.UUID,
    customer: Customer,
    by: User,
    contact: Contact | None = None,
    is_another: bool = False,
    is_outside_known: bool = False,
) -> Sent:
    """Send the draft with this key (`customers.claim_reports.commands.send_report`, which says when it is refused).

    A report in writing becomes a contact in the queue of the first level, a call's belongs to the call: `contact` is the
    one in hand, which then is about the claim. The customer gets the number, the legal days and the next steps. The same
    key again does nothing more.
    """
    sent = send_report(key=key, customer=customer, by=by, is_another=is_another, is_outside_known=is_outside_known)
    if not sent.is_new:
        return sent
    if contact is not None:
        _point_at(contact, sent.claim, by)
    elif sent.report.channel in CHANNELS:
        _open_contact(sent.report, by)
    _acknowledge(sent.report)
    return sent


def _point_at(contact: Contact, claim: Claim, by: User) -> None:
    """Let the contact in hand be about the claim; Refused for somebody else's, or one about another claim."""
    contact = locked(contact)
    if contact.customer_id != claim.customer_id or contact.claim_id not in (None, claim.pk):
        raise Refused(
            _("%(number)s is about something else: report the claim from the customer's file.")
            % {"number": contact.number},
            code="contact_about_something_else",
        )
    contact.claim = claim
    save_with_event(contact, ContactEvent.Kind.CLAIM, by=by, claim=claim.number)


def _open_contact(report: ClaimReport, by: User) -> Contact:
    claim = report.claim
    in_person = report.channel in (ClaimReport.Channel.PORTAL, ClaimReport.Channel.APP)
    with translation.override(claim.customer.language):
        subject = _("Claim report %(number)s – %(product)s") % {
            "number": report.number,
            "product": claim.policy.product,
        }
        text = as_text(GUIDES[report.guide], report.answers)
        if report.channel == ClaimReport.Channel.AGENCY:
            text = f"{_at_the_agency(report)}\n\n{text}"
    contact = open_conversation(
        claim,
        channel=CHANNELS[ClaimReport.Channel(report.channel)],
        kind=Contact.Kind.CLAIM_REPORT,
        subject=subject,
        address=by.email if in_person else "",
        share=report.submission_key,
        topic=Topic.objects.valid_on(timezone.localdate()).filter(code=REPORT_TOPIC).first(),
    )
    Message.objects.create(
        contact=contact,
        direction=Message.Direction.INBOUND,
        text=text,
        external_id=f"{OF_A_REPORT}{report.number}",
        written_at=contact.started_at,
    )
    return contact


def _at_the_agency(report: ClaimReport) -> str:
    """By whom it was written down, and at which agency: whoever works on it asks them first."""
    return _("Reported for the customer by %(who)s, agency %(agency)s.") % {
        "who": report.sent_by,
        "agency": report.claim.policy.agency,
    }


def open_conversation(
    claim: Claim,
    *,
    channel: str,
    kind: str,
    subject: str,
    address: str,
    share: uuid.UUID,
    topic: Topic | None = None,
    continues: Contact | None = None,
) -> Contact:
    """Open the contact in which a claim is spoken of, in the queue of the first level; `share` chooses the team."""
    now = timezone.now()
    contact = Contact(
        channel=channel,
        kind=kind,
        customer=claim.customer,
        claim=claim,
        address=address,
        subject=subject[:250],
        topic=topic,
        continues=continues,
        team_id=team_in_turn(share),
        started_at=now,
        due_at=due_at(kind=kind, level=1, since=now),
    )
    recompute_priority(contact).save()
    note_event(contact, ContactEvent.Kind.OPENED, by=None, channel=str(channel))
    return contact


def _acknowledge(report: ClaimReport) -> None:
    """Owe the number and what happens next; for motor liability the days of the law as well (art. 148 CAP)."""
    claim, policy = report.claim, report.claim.policy
    is_motor = policy.ramo == MOTOR_LIABILITY
    words = {
        "number": report.number,
        "occurred_on": claim.occurred_on,
        "policy": policy.number,
        "product": policy.product,
        "plate": policy.plate,
        "offer_days": offer_days(kind=claim.kind, signed_by_both=claim.signed_by_both) if is_motor else None,
        "signed_by_both": claim.signed_by_both,
        "by_phone": report.channel == ClaimReport.Channel.PHONE,
        "agency": policy.agency.name if report.channel == ClaimReport.Channel.AGENCY else "",
    }
    tell_customer(
        CLAIM_REPORTED,
        once=f"claim-reported:{claim.pk}",
        words=words | link_to(claim, _("Follow the claim")),
        customer=claim.customer,
    )


def link_to(claim: Claim, label: str) -> dict[str, str]:
    """The words of a notice with the button that leads to the claim, where its reporter can open the reserved area."""
    return {"action_url": claim_url(claim.pk), "action_label": label} if is_enrolled(claim.customer) else {}
