"""What the pages of the back office ask of the site that they stand in: they know rows, and nobody's file."""

from unfold.sites import UnfoldAdminSite

from foundation.requests import Person, Reader


class OfficeSite(UnfoldAdminSite):
    """The admin site of `OfficeAdmin` pages; the project's own answers the two questions."""

    def sees_everything(self, user: Reader) -> bool:
        """Whether the user may see every row, those of models without a reach of their own included."""
        raise NotImplementedError

    def record_opened(self, user: Person, customer_id: int, *, what: str) -> None:
        """Write down that the user opened something of a customer's file."""
        raise NotImplementedError
