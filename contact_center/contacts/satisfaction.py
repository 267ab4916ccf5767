"""Commands of the one question after an answer: it is asked once, and again only after a true reopening."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.contacts import kinds
from contact_center.models import Contact, ContactEvent, SatisfactionSurvey
from foundation.refusals import Refused
from notifications.channels import served
from notifications.kinds import EMAIL, SMS
from notifications.models import Notice
from notifications.preferences.queries import chosen_by
from notifications.preferences.rules import channels_left
from notifications.quoting import quotable
from notifications.services import mobile_of, queue_notice

from .correspondence import recipient_of
from .moves import locked, save_with_event, thread_of
from .reopening import NOT_RESOLVED, reopen

COUNTS = (Contact.Outcome.RESOLVED, Contact.Outcome.UNRESOLVED)


def digest_of(token: str) -> str:
    """What is stored of a survey's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def ask_satisfaction(contact: Contact) -> SatisfactionSurvey | None:
    """Owe the customer the question about a request that was closed, or a call that was coded.

    One that was withheld, because the request was taken up again before it left, is put when it is closed again.

    By e-mail; after a call of a customer who has none, by a text to their telephone. None where it is not asked: of what
    we began, for a consideration, for an outcome that no figure counts (a wrong address), after a call of somebody unknown or with
    SURVEY_AFTER_CALLS off, when no address is known, when the same person was asked about another contact less than
    SURVEY_EVERY_DAYS ago, or when it was asked before. One that was answered is asked again after the customer came back or
    had said no: the earlier answer is in the history, and the new one takes its place.
    """
    if (
        contact.state != Contact.State.CLOSED
        or contact.direction == Contact.Direction.OUTBOUND
        or (contact.channel == Contact.Channel.PHONE and not (settings.SURVEY_AFTER_CALLS and contact.customer_id))
        or contact.kind == Contact.Kind.CONSIDERATION
        or contact.outcome not in COUNTS
    ):
        return None
    before = SatisfactionSurvey.objects.select_for_update().filter(contact=contact).first()
    asked = _asked_before(contact)
    was_withheld = bool(asked) and asked[-1] == Notice.State.WITHHELD
    if before is not None and not was_withheld and (before.answered_at is None or contact.confirmed):
        return None
    recipient = recipient_of(contact)
    channel, address = _way_to_ask(contact, recipient.address)
    if not address or _asked_lately(contact):
        return None
    token = secrets.token_urlsafe(20)
    survey = before or SatisfactionSurvey(contact=contact)
    survey.token_digest, survey.asked_at = digest_of(token), timezone.now()
    survey.answered_at = survey.resolved = survey.rating = None
    survey.comment = ""
    survey.save()
    with translation.override(recipient.language):
        label = _("Answer")
    queue_notice(
        kinds.SATISFACTION_ASKED,
        once=f"satisfaction-asked:{contact.pk}" + (f":{len(asked) + 1}" if asked else ""),
        words={
            "number": contact.number,
            "subject": quotable(contact.subject),
            "called_on": timezone.localdate(contact.started_at) if contact.channel == Contact.Channel.PHONE else None,
            "action_url": settings.SITE_URL + reverse("survey", args=[token]),
            "action_label": label,
        },
        channel=channel,
        customer=contact.customer,
        address=address,
        language=recipient.language,
        thread=thread_of(contact),
    )
    return survey


def _way_to_ask(contact: Contact, mailbox: str) -> tuple[str, str]:
    """The channel and the address of the question; no address where there is no way.

    Whoever wrote is asked where they wrote from. Whoever called did not choose a way: it is one that they left switched on.
    """
    if contact.channel != Contact.Channel.PHONE or contact.customer is None:
        return EMAIL, mailbox
    ways: dict[str, str] = {EMAIL: mailbox, SMS: mobile_of(contact.customer) if SMS in served() else ""}
    off = chosen_by(contact.customer).off
    left = channels_left(kinds.SATISFACTION_ASKED, off, [channel for channel, address in ways.items() if address])
    return (left[0], ways[left[0]]) if left else (EMAIL, "")


def _asked_before(contact: Contact) -> list[str]:
    """The states of the notices with the question, oldest first: one that was taken up again meanwhile was not asked."""
    key = f"satisfaction-asked:{contact.pk}"
    about = Notice.objects.filter(Q(once=key) | Q(once__startswith=f"{key}:"))
    return list(about.order_by("pk").values_list("state", flat=True))


def no_longer_asked(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of these questions are not to be put any more, by the id of the notice."""
    contacts = {notice.pk: notice.about_id for notice in notices}
    wanted = {contact for contact in contacts.values() if contact is not None}
    reasons = {}
    for contact in Contact.objects.filter(pk__in=wanted).only("pk", "state"):
        if contact.state != Contact.State.CLOSED:
            reasons[contact.pk] = _("The request was taken up again meanwhile.")
    for survey in SatisfactionSurvey.objects.filter(contact__in=wanted, answered_at__isnull=False):
        reasons[survey.contact_id] = _("The question was answered meanwhile.")
    return {pk: reasons[contact] for pk, contact in contacts.items() if contact in reasons}


def _asked_lately(contact: Contact) -> bool:
    """Whether the person was asked about another contact within SURVEY_EVERY_DAYS: nobody is asked four times a day."""
    people = {contact.person_key, f"from:{contact.address}"} - {None, "from:"}
    since = timezone.now() - timedelta(days=settings.SURVEY_EVERY_DAYS)
    asked = SatisfactionSurvey.objects.filter(contact__person_key__in=people, asked_at__gt=since)
    return asked.exclude(contact=contact).exists()


@transaction.atomic
def answer_survey(
    survey: SatisfactionSurvey, *, resolved: bool, rating: int | None = None, comment: str = ""
) -> SatisfactionSurvey:
    """Keep the customer's answer, on the survey and on the contact, where the figures count it.

    A "no" about a closed contact takes it up again: it counts as not resolved, and is its owner's again (`reopen`). Refused
    where it was given already: the link works once.
    """
    contact = locked(survey.contact)
    survey = SatisfactionSurvey.objects.select_for_update().get(pk=survey.pk)
    if survey.answered_at is not None:
        raise Refused(_("You have answered already, and we thank you for it."), code="answered_already")
    survey.answered_at = timezone.now()
    survey.resolved, survey.rating, survey.comment = resolved, rating, comment
    survey.save()
    if not resolved and contact.state == Contact.State.CLOSED:
        contact = reopen(contact, by=None, why=NOT_RESOLVED)
    contact.confirmed, contact.satisfaction = resolved, rating
    save_with_event(contact, ContactEvent.Kind.CONFIRMED, by=None, resolved=resolved, rating=rating, comment=comment)
    return survey
