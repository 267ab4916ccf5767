"""Command: a person who read an offer asks their agency about it: a request in the queue, or a call at an hour of theirs."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from contact_center.call_backs.commands import book_call_back
from contact_center.contacts.opening import open_request
from contact_center.models import Contact, WebFormRequest
from notifications.services import email_of
from promotions.models import Recipient


@transaction.atomic
def ask_agency(
    recipient: Recipient, *, text: str, phone: str, submission_key: uuid.UUID, call_at: datetime | None = None
) -> Contact:
    """Open the request of the person about the promotion, and return it; the same submission again opens nothing.

    With a telephone number they ask to be called there; with an hour as well, a call-back takes a place of it: Refused (about
    the field `slot`) where there is none left.
    """
    customer, promotion = recipient.customer, recipient.promotion
    with override(customer.language):
        asks = _("I would like to know more about: %(subject)s.") % {"subject": promotion.subject}
        lines = [asks, text]
        if phone and call_at is None:
            lines.append(_("Please call me on %(phone)s.") % {"phone": phone})
        subject = _("Offer: %(subject)s") % {"subject": promotion.subject}
    whole = "\n\n".join(line for line in lines if line)
    if call_at is not None:
        booked = book_call_back(
            customer=customer,
            starts_at=call_at,
            phone=phone,
            submission_key=submission_key,
            by=None,
            text=whole,
            language=customer.language,
            channel=Contact.Channel.SITE_FORM,
        )
        return _kept(recipient, booked.call_back.contact, is_new=booked.is_new)
    opened = open_request(
        form=WebFormRequest.Form.OPEN,
        submission_key=submission_key,
        name=customer.letter_name,
        email=email_of(customer),
        phone=phone,
        subject=subject[:250],
        text=whole,
        privacy_version=settings.PRIVACY_NOTICE_VERSION,
        customer=customer,
        language=customer.language,
    )
    return _kept(recipient, opened.contact, is_new=opened.is_new)


def _kept(recipient: Recipient, contact: Contact, *, is_new: bool) -> Contact:
    """Remember what the person asked last: the results count it."""
    if is_new:
        Recipient.objects.filter(pk=recipient.pk).update(contact=contact)
    return contact
