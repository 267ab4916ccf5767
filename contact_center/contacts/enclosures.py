"""What goes with an answer: files that the agent chose, and documents that the customer has in the reserved area."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.models import Contact
from customers.documents.commands import record_opening
from customers.models import Document, DocumentOpening, User
from customers.models.document import DocumentQuerySet
from foundation.files.accepted import MEGABYTE, MESSAGE, CheckedFile
from foundation.files.keeping import FilesNotKept
from foundation.refusals import Refused

MAIL_AT_MOST = 5 * MEGABYTE  # together: an e-mail that is larger is refused by many mailboxes
MOST_OFFERED = 20  # documents, the newest first
SEES_DOCUMENTS = "customers.view_document"


def documents_for(contact: Contact, user: User) -> DocumentQuerySet:
    """The documents of the contact's customer, as they are now, that the user may see and send; none for an unknown person."""
    if contact.customer_id is None or not user.has_perm(SEES_DOCUMENTS):
        return Document.objects.none()
    return Document.objects.visible_to(user).current().filter(customer=contact.customer_id)


@contextmanager
def enclosed(
    contact: Contact, files: Sequence[CheckedFile], documents: Sequence[Document], *, by: User
) -> Iterator[list[CheckedFile]]:
    """All that goes with one answer, open as long as the block lasts; that a document leaves is written down.

    Refused for a document that is not the customer's or not within the user's reach, and for more than goes with a message.
    """
    allowed = set(
        documents_for(contact, by).filter(pk__in=[each.pk for each in documents]).values_list("pk", flat=True)
    )
    if any(each.pk not in allowed for each in documents):
        raise Refused(
            _("One of the documents is not the customer's any more, or was replaced: choose again."),
            code="document_not_found",
            field="documents",
        )
    _refuse_too_much([*(each.size for each in files), *(each.size for each in documents)])
    with ExitStack() as opened:
        enclosures = [*files, *(_opened(each, opened) for each in documents)]
        for each in documents:
            record_opening(each, by=by, door=DocumentOpening.Door.OFFICE)
        yield enclosures


def _refuse_too_much(sizes: Sequence[int]) -> None:
    if len(sizes) > MESSAGE.files:
        raise Refused(
            ngettext(
                "Up to %(most)d files go with a message: you chose %(n)d.",
                "Up to %(most)d files go with a message: you chose %(n)d.",
                len(sizes),
            )
            % {"most": MESSAGE.files, "n": len(sizes)},
            code="too_many_files",
            field="files",
        )
    if sum(sizes) > MESSAGE.together:
        raise Refused(
            _("Together the files may take %(most)s: send some of them with a second message.")
            % {"most": MESSAGE.together_in_words},
            code="files_too_large",
            field="files",
        )


def _opened(document: Document, opened: ExitStack) -> CheckedFile:
    try:
        content = opened.enter_context(document.file.open("rb"))
    except OSError as error:
        raise FilesNotKept(
            _("“%(name)s” cannot be read just now: try again later.") % {"name": document.title}
        ) from error
    return CheckedFile(document.name, document.content_type, document.size, document.sha256, content)


def fits_a_mail(enclosures: Sequence[CheckedFile]) -> bool:
    """Rule: whether the files are small enough to go as attachments of an e-mail."""
    return sum(each.size for each in enclosures) <= MAIL_AT_MOST


def as_attachments(enclosures: Sequence[CheckedFile]) -> list[tuple[str, str, bytes]]:
    """The files as a notice takes them: name, type, bytes; none where they are too large for an e-mail."""
    if not fits_a_mail(enclosures):
        return []
    attachments = []
    for each in enclosures:
        attachments.append((each.name, each.content_type, each.content.read()))
        each.content.seek(0)
    return attachments
