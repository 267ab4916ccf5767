"""Commands of the one question after an answer: it is asked once, and answered once."""

import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center import kinds
from contact_center.models import Contact, ContactEvent, SatisfactionSurvey
from customers.refusals import Refused
from notifications.services import email_of, queue_notice

from .moving import address_of, keep, locked

COUNTS = (Contact.Outcome.RESOLVED, Contact.Outcome.UNRESOLVED)


def digest_of(token: str) -> str:
    """What is stored of a survey's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def ask_satisfaction(contact: Contact) -> SatisfactionSurvey | None:
    """Owe the customer the question about a written request that was closed, once in its life.

    None where it is not asked: by phone, for a consideration, for an outcome that no figure counts (a wrong address),
    when it was asked before, or when no address is known.
    """
    if (
        contact.state != Contact.State.CLOSED
        or contact.channel == Contact.Channel.PHONE
        or contact.kind == Contact.Kind.CONSIDERATION
        or contact.outcome not in COUNTS
    ):
        return None
    form, address = getattr(contact, "web_form", None), address_of(contact)
    if not address and contact.customer is not None:
        address = email_of(contact.customer)
    if not address or SatisfactionSurvey.objects.filter(contact=contact).exists():
        return None
    token = secrets.token_urlsafe(20)
    survey = SatisfactionSurvey.objects.create(contact=contact, token_digest=digest_of(token))
    language = form.language if form else contact.customer.language if contact.customer else "it"
    with translation.override(language):
        label = _("Answer")
    queue_notice(
        kinds.SATISFACTION_ASKED,
        once=f"satisfaction-asked:{contact.pk}",
        words={
            "number": contact.number,
            "subject": contact.subject,
            "action_url": settings.SITE_URL + reverse("survey", args=[token]),
            "action_label": label,
        },
        customer=contact.customer,
        address=address,
        language=language,
    )
    return survey


@transaction.atomic
def answer_survey(
    survey: SatisfactionSurvey, *, resolved: bool, rating: int | None = None, comment: str = ""
) -> SatisfactionSurvey:
    """Keep the customer's answer, on the survey and on the contact, where the figures count it.

    Refused where it was given already: the link works once.
    """
    contact = locked(survey.contact)
    survey = SatisfactionSurvey.objects.select_for_update().get(pk=survey.pk)
    if survey.answered_at is not None:
        raise Refused(_("You have answered already, and we thank you for it."), code="answered_already")
    survey.answered_at = timezone.now()
    survey.resolved, survey.rating, survey.comment = resolved, rating, comment
    survey.save()
    contact.confirmed, contact.satisfaction = resolved, rating
    keep(contact, ContactEvent.Kind.CONFIRMED, by=None, resolved=resolved, rating=rating)
    return survey
