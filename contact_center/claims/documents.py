"""Commands about the documents of a claim: ask for one, receive it, do without it.

That one has not come is announced by a rule of the alerts (`notifications/alerts/events.py`), and by nothing here.
"""

import uuid
from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.claims import kinds
from contact_center.claims.conversation import write_about_claim
from contact_center.claims.reporting import link_to
from contact_center.models import Contact
from customers.claim_reports.commands import Added, refuse_more_than_fits
from customers.models import AskedDocument, Claim, ClaimFile, User
from foundation.files.accepted import CLAIM, CheckedFile, check_file, clean_name
from foundation.files.keeping import FilesNotKept, keep_files
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text
from notifications.services import tell_customer

MOST_ASKED = 20  # documents of one claim that are waited for at once
State = AskedDocument.State


@transaction.atomic
def ask_document(claim: Claim, *, name: str, why: str = "", due_on: date, by: User) -> AskedDocument:
    """Ask the claim's reporter for a document until a day, and write to them at once.

    The same document again while it is waited for is the one that was asked for. Refused for a claim that is over, for a
    day in the past, and beyond MOST_ASKED documents.
    """
    claim = Claim.objects.select_for_update(of=["self"]).select_related("customer").get(pk=claim.pk)
    name, why = clean_line(name)[:200], clean_text(why)
    if claim.state not in Claim.OPEN_STATES:
        raise Refused(_("This claim is over: nothing more is needed for it."), code="claim_over")
    if due_on < timezone.localdate():
        raise Refused(_("The day is past: give the customer some days."), code="past", field="due_on")
    waited_for = AskedDocument.objects.open().filter(claim=claim)
    if (before := waited_for.filter(name=name).first()) is not None:
        return before
    if waited_for.count() >= MOST_ASKED:
        raise Refused(
            _("%(most)d documents are waited for already: they come first.") % {"most": MOST_ASKED},
            code="too_many_documents",
        )
    asked = AskedDocument.objects.create(claim=claim, name=name, why=why, due_on=due_on, asked_by=by)
    with translation.override(claim.customer.language):
        label = _("Send the document")
    tell_customer(
        kinds.DOCUMENT_ASKED,
        once=f"{kinds.DOCUMENT_ASKED.code}:{asked.pk}",
        words={"number": claim.number, "document": name, "why": why, "due_on": due_on} | link_to(claim, label),
        customer=claim.customer,
    )
    return asked


def receive_document(
    asked: AskedDocument,
    uploads: Iterable[UploadedFile | File],
    *,
    by: User,
    channel: str = Contact.Channel.PORTAL,
) -> Added:
    """Take the files of a document from the claim's reporter; whoever works the claim is informed by its conversation.

    Each file is looked at by itself, as those of a draft: what cannot be kept is named. With at least one that is kept the
    document counts as received; sent once more, the same files do nothing. Refused where nobody waits for it any more.
    """
    added, good = Added(), []
    for upload in uploads:
        try:
            good.append(check_file(upload, CLAIM, turns=True, from_page=True))
        except ValidationError as error:
            added.refused += error.messages
    if good:
        _receive(asked, good, added, by, channel)
    return added


def receive_checked(
    asked: AskedDocument, files: Iterable[CheckedFile], *, by: User, channel: str = Contact.Channel.PORTAL
) -> Added:
    """As `receive_document`, of files that were checked when they were sent ahead."""
    added, files = Added(), list(files)
    if files:
        _receive(asked, files, added, by, channel)
    return added


@transaction.atomic
def _receive(asked: AskedDocument, files: list[CheckedFile], added: Added, by: User, channel: str) -> None:
    claim = Claim.objects.select_for_update(of=["self"]).select_related("customer").get(pk=asked.claim_id)
    asked = AskedDocument.objects.select_for_update().get(pk=asked.pk)
    there = {each.sha256: each for each in asked.files.all()}
    if asked.state != State.ASKED:
        if asked.state == State.RECEIVED and all(each.sha256 in there for each in files):
            added.kept += [there[each.sha256] for each in files]
            return
        raise Refused(
            _("This document is no longer waited for: send what you have with a message."), code="not_waited_for"
        )
    for each in files:
        if each.sha256 in there:
            continue
        try:
            refuse_more_than_fits(asked.files.aggregate(n=Count("pk"), size=Sum("size")), each)
            [there[each.sha256]] = keep_files(ClaimFile, [each], claim=claim, asked=asked, given_by=by)
        except ValidationError as error:
            added.refused += error.messages
            continue
        except FilesNotKept:
            added.refused.append(
                _("“%(name)s” cannot be kept just now: try again later. What is here already remains.")
                % {"name": clean_name(each.name)}
            )
            continue
        added.kept.append(there[each.sha256])
    if not added.kept:
        return
    _end(asked, to=State.RECEIVED, by=by)
    with translation.override(claim.customer.language):
        names = ", ".join(each.name for each in added.kept)
        text = _("Document sent: %(document)s (%(names)s)") % {"document": asked.name, "names": names}
    write_about_claim(claim, text=text, key=uuid.uuid5(added.kept[0].key, "received"), by=by, channel=channel)


@transaction.atomic
def record_received(asked: AskedDocument, *, by: User) -> AskedDocument:
    """Write down that a document came by another way, such as by post. Refused where nobody waits for it any more."""
    return _end(AskedDocument.objects.select_for_update().get(pk=asked.pk), to=State.RECEIVED, by=by)


@transaction.atomic
def withdraw_document(asked: AskedDocument, *, by: User) -> AskedDocument:
    """Do without a document that was asked for. Refused where nobody waits for it any more."""
    return _end(AskedDocument.objects.select_for_update().get(pk=asked.pk), to=State.WITHDRAWN, by=by)


def _end(asked: AskedDocument, *, to: str, by: User) -> AskedDocument:
    if State(to) not in AskedDocument.NEXT[State(asked.state)]:
        raise Refused(
            _("“%(name)s” is “%(state)s” already.") % {"name": asked.name, "state": asked.get_state_display()},
            code="not_waited_for",
        )
    asked.state, asked.ended_by, asked.ended_at = to, by, timezone.now()
    asked.save(update_fields=["state", "ended_by", "ended_at"])
    return asked
