"""Where the documents of a complaint lie. A table of documents takes part by a class here with two methods.

`SOURCES` is the one list: the page of a complaint, its complainant's page and the addresses of files all follow from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import AddedFile, Complaint, ComplaintDocument, EnquiryFile, ProcedureFile
from complaints.models.code import CodeList, label_of
from contact_center.models import Message, MessageAttachment
from foundation.files.accepted import MAIL
from foundation.files.keeping import KeptFile


@dataclass(frozen=True, kw_only=True)
class ShownDocument:
    """A document as lists show it: what it is, who gave it, when and by which way; size in bytes.

    `is_of_complainant`: the complainant gave it, or it was handed in for them, so their own page shows it.
    """

    key: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    giver: str
    given_on: date
    way: str = ""
    entered_by: str = ""
    is_of_complainant: bool = False

    @property
    def is_mail(self) -> bool:
        """Whether it is a mail, whose headers and text have a page."""
        return self.content_type == MAIL


class DocumentSource(Protocol):
    """A table that holds documents of complaints."""

    def listed(self, complaint: Complaint) -> Iterable[ShownDocument]:
        """The complaint's documents in it."""

    def file(self, complaint: Complaint, key: UUID) -> KeptFile | None:
        """The complaint's document with the key; None where it has none."""


def _facts(row: Any) -> dict[str, Any]:
    """What every table of files has."""
    return {name: getattr(row, name) for name in ("key", "name", "content_type", "size", "sha256")}


class OwnDocuments:
    """What came with the complaint, from its contact or on paper, and what somebody of ours added."""

    def listed(self, complaint: Complaint) -> Iterable[ShownDocument]:
        """In the order in which they were entered."""
        for row in (
            ComplaintDocument.objects.filter(complaint=complaint).select_related("by").order_by("added_at", "pk")
        ):
            yield ShownDocument(
                **_facts(row),
                giver=str(ComplaintDocument.Giver(row.giver).label),
                given_on=row.given_on,
                way=label_of(CodeList.CHANNEL, row.way),
                entered_by=str(row.by) if row.by else "",
                is_of_complainant=row.giver == ComplaintDocument.Giver.COMPLAINANT,
            )

    def file(self, complaint: Complaint, key: UUID) -> KeptFile | None:
        """By its key."""
        return ComplaintDocument.objects.filter(complaint=complaint, key=key).first()


class LaterFiles:
    """What the complainant added on the complaint's page, in the reserved area or by the app."""

    def listed(self, complaint: Complaint) -> Iterable[ShownDocument]:
        """In the order in which they came."""
        rows = AddedFile.objects.filter(addition__complaint=complaint).select_related("addition").order_by("pk")
        for row in rows:
            yield ShownDocument(
                **_facts(row),
                giver=str(ComplaintDocument.Giver.COMPLAINANT.label),
                given_on=timezone.localdate(row.addition.received_at),
                way=_("page of the complaint"),
                is_of_complainant=True,
            )

    def file(self, complaint: Complaint, key: UUID) -> KeptFile | None:
        """By its key."""
        return AddedFile.objects.filter(addition__complaint=complaint, key=key).first()


class FilesOfContact:
    """What came in the contact after it was registered: what was there before has been taken over."""

    def _rows(self, complaint: Complaint) -> Any:
        taken = ComplaintDocument.objects.filter(complaint=complaint, taken_from__isnull=False)
        return MessageAttachment.objects.filter(
            message__contact=complaint.contact_id, message__direction=Message.Direction.INBOUND
        ).exclude(key__in=taken.values("taken_from"))

    def listed(self, complaint: Complaint) -> Iterable[ShownDocument]:
        """In the order in which they came."""
        if complaint.contact_id is None:
            return
        for row in self._rows(complaint).select_related("message").order_by("pk"):
            yield ShownDocument(
                **_facts(row),
                giver=str(ComplaintDocument.Giver.COMPLAINANT.label),
                given_on=timezone.localdate(row.message.written_at),
                way=_("thread of the contact"),
                is_of_complainant=True,
            )

    def file(self, complaint: Complaint, key: UUID) -> KeptFile | None:
        """By its key."""
        return self._rows(complaint).filter(key=key).first() if complaint.contact_id is not None else None


class FilesOfIntermediary:
    """What an intermediary gave with its position."""

    def listed(self, complaint: Complaint) -> Iterable[ShownDocument]:
        """In the order in which they came."""
        rows = EnquiryFile.objects.filter(enquiry__complaint=complaint).select_related("enquiry__intermediary__agency")
        for row in rows.order_by("pk"):
            yield ShownDocument(
                **_facts(row),
                giver=row.enquiry.intermediary.known_as,
                given_on=row.enquiry.answered_on or row.enquiry.sent_on,
                way=_("position of the intermediary"),
            )

    def file(self, complaint: Complaint, key: UUID) -> KeptFile | None:
        """By its key."""
        return EnquiryFile.objects.filter(enquiry__complaint=complaint, key=key).first()


class FilesOfProcedures:
    """What IVASS and the Arbiter sent about the complaint, and what went to them."""

    def _rows(self, complaint: Complaint) -> Any:
        return ProcedureFile.objects.filter(Q(request__complaint=complaint) | Q(appeal__complaint=complaint))

    def listed(self, complaint: Complaint) -> Iterable[ShownDocument]:
        """In the order in which they were entered."""
        for row in self._rows(complaint).select_related("by").order_by("added_at", "pk"):
            yield ShownDocument(
                **_facts(row),
                giver=_("IVASS") if row.request_id else _("Insurance Arbiter"),
                given_on=timezone.localdate(row.added_at),
                way=row.get_direction_display(),
                entered_by=str(row.by),
            )

    def file(self, complaint: Complaint, key: UUID) -> KeptFile | None:
        """By its key."""
        return self._rows(complaint).filter(key=key).first()


SOURCES: tuple[DocumentSource, ...] = (
    OwnDocuments(),
    LaterFiles(),
    FilesOfContact(),
    FilesOfIntermediary(),
    FilesOfProcedures(),
)
