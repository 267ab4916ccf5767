"""Commands of the people who write: a request by a public form, the reserved area or the app."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.contacts import kinds
from contact_center.contacts.attachments import keep_attachments
from contact_center.contacts.suspicion import suspicion_of
from contact_center.due.targets import due_at
from contact_center.models import Contact, ContactEvent, Message, Team, Topic, WebFormRequest
from customers.models import Customer
from foundation.dates import moment_in_full
from foundation.files.accepted import CheckedFile
from foundation.written_once import WrittenOnce
from notifications.services import is_own_address, queue_notice, tell_customer

from .moves import note_event, thread_of

CLAIM_PAGE = "portal_claim"


@dataclass(frozen=True)
class Opened:
    """A request as it was opened: the contact, the secret of its tracking page, and whether this call made it."""

    contact: Contact
    secret: str
    is_new: bool


def tracking_secret(submission_key: uuid.UUID, *, key: str = "") -> str:
    """The secret of a request's tracking page: 26 letters and digits that follow from the submission and SECRET_KEY."""
    message = f"tracking:{submission_key}".encode()
    made = hmac.new((key or settings.SECRET_KEY).encode(), message, hashlib.sha256).digest()
    return base64.b32encode(made[:16]).decode().rstrip("=").lower()


def digest_of(secret: str) -> str:
    """What is stored of a tracking secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def tracking_url(form: WebFormRequest) -> str:
    """The address of a request's tracking page, whole, for a notice; with the secret under the key it was made with."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        secret = tracking_secret(form.submission_key, key=key)
        if digest_of(secret) == form.tracking_digest:
            return settings.SITE_URL + reverse("request_tracking", args=[form.contact.number, secret])
    return settings.SITE_URL + reverse("contacts")


def claim_url(claim_id: int) -> str:
    """The address of a claim's page in the reserved area, an app further up, whole, for a notice."""
    return settings.SITE_URL + reverse(CLAIM_PAGE, args=[claim_id])


def open_request(
    *,
    form: str,
    submission_key: uuid.UUID,
    name: str,
    email: str,
    text: str,
    privacy_version: str,
    channel: str = Contact.Channel.SITE_FORM,
    kind: str = "",
    subject: str = "",
    phone: str = "",
    tax_code: str = "",
    policy_number: str = "",
    topic: Topic | None = None,
    answers: Sequence[dict[str, str]] = (),
    files: Iterable[CheckedFile] = (),
    customer: Customer | None = None,
    continues: Contact | None = None,
    language: str = "it",
    at: datetime | None = None,
) -> Opened:
    """Write a request with its first message, put it in the first level's queue, and owe its acknowledgement.

    The same `submission_key` again opens nothing and returns what it opened. `customer` is the person who signed in; otherwise
    nobody is presumed: an agent says who the person is. `continues` is the closed contact that this one goes on from.
    `kind` is that of the contact where it does not follow from the form.
    """
    secret = tracking_secret(submission_key)
    try:
        with transaction.atomic():
            contact = _open(
                kind=kind or _kind_of(form),
                channel=channel,
                subject=subject,
                topic=topic,
                customer=customer,
                continues=continues,
                email=email,
                at=at or timezone.now(),
                submission_key=submission_key,
            )
            request = WebFormRequest.objects.create(
                contact=contact,
                form=form,
                name=name,
                email=email,
                phone=phone,
                tax_code=tax_code,
                policy_number=policy_number,
                answers=list(answers),
                language=language,
                submission_key=submission_key,
                tracking_digest=digest_of(secret),
                privacy_version=privacy_version,
                suspicion=suspicion_of(name=name, subject=subject, text=text),
            )
            message = Message.objects.create(
                contact=contact,
                direction=Message.Direction.INBOUND,
                text=as_text(answers, text),
                written_at=contact.started_at,
            )
            note_event(contact, ContactEvent.Kind.OPENED, by=None, channel=str(channel))
            _acknowledge(contact, request)
            keep_attachments(message, files)
    except IntegrityError:
        # The same submission again, perhaps at the same moment: nothing of this one was kept, and the first is found.
        before = WebFormRequest.objects.select_related("contact").filter(submission_key=submission_key).first()
        if before is None:
            raise
        return Opened(before.contact, secret, is_new=False)
    return Opened(contact, secret, is_new=True)


def _kind_of(form: str) -> str:
    return Contact.Kind.CONSIDERATION if form == WebFormRequest.Form.CONSIDERATION else Contact.Kind.REQUEST


def _open(
    *,
    kind: str,
    channel: str,
    subject: str,
    topic: Topic | None,
    customer: Customer | None,
    continues: Contact | None,
    email: str,
    at: datetime,
    submission_key: uuid.UUID,
) -> Contact:
    return Contact.objects.create(
        channel=channel,
        kind=kind,
        customer=customer,
        address=email,
        subject=subject or (topic.name if topic else ""),
        topic=topic,
        continues=continues,
        team_id=team_in_turn(submission_key),
        started_at=at,
        due_at=due_at(kind=kind, level=1, since=at),
    )


_FIRST_LEVEL = WrittenOnce(lambda: Team.objects.filter(level=1, is_active=True).order_by("pk").values_list("pk"))


def team_in_turn(submission_key: uuid.UUID) -> int | None:
    """The id of the first-level team it waits for: each of them gets its share, and the same submission the same team."""
    teams = _FIRST_LEVEL.rows()
    return teams[uuid.UUID(str(submission_key)).int % len(teams)][0] if teams else None


def _acknowledge(contact: Contact, request: WebFormRequest) -> None:
    """Owe the number, the day and the address to follow it by.

    The writer's own words are quoted to a customer who signed in, at an address of theirs, and to nobody else: anybody may
    have typed the address, and what is sent there has our name on it.
    """
    is_theirs = contact.customer is not None and is_own_address(contact.customer, request.email)
    with translation.override(request.language):
        words = {
            "number": contact.number,
            "subject": contact.subject if is_theirs else "",
            "name": request.name if is_theirs else "",
            "due_at": moment_in_full(contact.due_at),
            "answers": request.form != WebFormRequest.Form.CONSIDERATION,
            "action_url": tracking_url(request),
            "action_label": _("Follow your request"),
        }
    once = f"request-received:{contact.pk}"
    if contact.customer is not None:
        tell_customer(
            kinds.REQUEST_RECEIVED,
            once=once,
            words=words,
            customer=contact.customer,
            address=request.email,
            language=request.language,
            thread=thread_of(contact),
            is_typed=not is_theirs,
        )
    else:
        queue_notice(
            kinds.REQUEST_RECEIVED,
            once=f"{once}:email",
            words=words,
            address=request.email,
            language=request.language,
            thread=thread_of(contact),
            is_typed=not is_theirs,
        )


def as_text(answers: Iterable[dict[str, str]], text: str) -> str:
    """Answers and free words as one message: the thread is complete by itself."""
    lines = "\n".join(
        f"{each['label']}{'' if each['label'].endswith('?') else ':'} {each['text']}" for each in answers
    )
    return "\n\n".join(part for part in (lines, text) if part)
