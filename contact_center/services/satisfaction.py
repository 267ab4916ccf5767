"""Commands of the one question after an answer: it is asked once, and answered once."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center import kinds
from contact_center.models import Contact, ContactEvent, SatisfactionSurvey
from customers.refusals import Refused
from notifications.models import Notice
from notifications.quoting import quotable
from notifications.services import email_of, queue_notice

from .moving import address_of, keep, locked, thread_of

COUNTS = (Contact.Outcome.RESOLVED, Contact.Outcome.UNRESOLVED)


def digest_of(token: str) -> str:
    """What is stored of a survey's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def ask_satisfaction(contact: Contact) -> SatisfactionSurvey | None:
    """Owe the customer the question about a written request that was closed, once in its life.

    One that was withheld, because the request was taken up again before it left, is put when it is closed again.

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
    survey = SatisfactionSurvey.objects.filter(contact=contact).first()
    asked = _asked_before(contact)
    if not address or (survey is not None and (survey.answered_at or not asked or asked[-1] != Notice.State.WITHHELD)):
        return None
    token = secrets.token_urlsafe(20)
    survey = survey or SatisfactionSurvey(contact=contact)
    survey.token_digest = digest_of(token)
    survey.save()
    language = form.language if form else contact.customer.language if contact.customer else "it"
    with translation.override(language):
        label = _("Answer")
    queue_notice(
        kinds.SATISFACTION_ASKED,
        once=f"satisfaction-asked:{contact.pk}" + (f":{len(asked) + 1}" if asked else ""),
        words={
            "number": contact.number,
            "subject": quotable(contact.subject),
            "action_url": settings.SITE_URL + reverse("survey", args=[token]),
            "action_label": label,
        },
        customer=contact.customer,
        address=address,
        language=language,
        thread=thread_of(contact),
    )
    return survey


def _asked_before(contact: Contact) -> list[str]:
    """The states of the notices with the question, oldest first: one that was taken up again meanwhile was not asked."""
    key = f"satisfaction-asked:{contact.pk}"
    about = Notice.objects.filter(Q(once=key) | Q(once__startswith=f"{key}:"))
    return list(about.order_by("pk").values_list("state", flat=True))


def no_longer_asked(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of these questions are not to be put any more, by the id of the notice."""
    contacts = {notice.pk: notice.once.split(":")[1] for notice in notices if ":" in notice.once}
    wanted = {int(pk) for pk in contacts.values() if pk.isdecimal()}
    reasons = {}
    for contact in Contact.objects.filter(pk__in=wanted).only("pk", "state"):
        if contact.state != Contact.State.CLOSED:
            reasons[str(contact.pk)] = _("The request was taken up again meanwhile.")
    for survey in SatisfactionSurvey.objects.filter(contact__in=wanted, answered_at__isnull=False):
        reasons[str(survey.contact_id)] = _("The question was answered meanwhile.")
    return {pk: reasons[contact] for pk, contact in contacts.items() if contact in reasons}


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
