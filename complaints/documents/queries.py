"""Queries: the documents of a complaint in one list, whatever table holds them, and one of them by its key."""

from uuid import UUID

from complaints.documents.sources import SOURCES, ShownDocument
from complaints.models import Complaint
from foundation.files.keeping import KeptFile


def documents_of(complaint: Complaint, *, for_complainant: bool = False) -> list[ShownDocument]:
    """All documents, the oldest first; with `for_complainant` only what the complainant gave.

    Each source asks one query, however many documents there are.
    """
    found = [each for source in SOURCES for each in source.listed(complaint)]
    return sorted(
        (each for each in found if each.is_of_complainant or not for_complainant), key=lambda each: each.given_on
    )


def find_document(complaint: Complaint, key: UUID) -> KeptFile | None:
    """The complaint's document with the key, for staff who may read the complaint; None where it has none."""
    return next((file for source in SOURCES if (file := source.file(complaint, key)) is not None), None)


def find_own_document(complaint: Complaint, key: UUID) -> KeptFile | None:
    """The same for the complainant: of what they gave only."""
    own = any(each.key == key for each in documents_of(complaint, for_complainant=True))
    return find_document(complaint, key) if own else None
