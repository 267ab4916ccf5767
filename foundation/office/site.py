"""What the pages of the back office ask of the site that they stand in: they know rows, and nobody's file."""

from collections.abc import Iterable

from unfold.sites import UnfoldAdminSite

from foundation.requests import Person, Reader


class OfficeSite(UnfoldAdminSite):
    """The admin site of `OfficeAdmin` pages; the project's own answers its questions."""

    def sees_everything(self, user: Reader) -> bool:
        """Whether the user may see every row, those of models without a reach of their own included."""
        raise NotImplementedError

    def record_opened(self, user: Person, customer_id: int, *, what: str) -> None:
        """Write down that the user opened something of a customer's file; it may raise what leads to another page first."""
        raise NotImplementedError

    def require_open(self, user: Person, customer_id: int) -> None:
        """Raise what leads to another page where the user has not opened the customer's file yet and must say why."""
        raise NotImplementedError

    def note_search(self, user: Person, *, found: int, closed: Iterable[int]) -> None:
        """Note that a search of the user found so many people, and among them these whose files are closed to the user."""
        raise NotImplementedError

    def closed_to(self, user: Person, customer_ids: Iterable[int | None]) -> set[int]:
        """Of these customers, those whose rows a list shows to the user without their contents."""
        raise NotImplementedError
