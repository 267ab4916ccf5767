"""`import_agencies`: the sales network, by agency code. Customers and policies name the agencies loaded here."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import Agency
from customers.validators import normalise_email, normalise_phone
from foundation.files.cells import read_flag, reason_of, text_up_to
from foundation.files.reading import UnusableInput
from foundation.files.report import RowRefused
from foundation.files.upserts import Field, Loader, Parsed, State

from .cells import read_province


class AgencyLoader(Loader):
    """Loads `customers.Agency`."""

    model = Agency
    key = "code"
    touched = False
    fields = (
        Field("name", text_up_to(200)),
        Field("rui_number", text_up_to(20), empty=""),
        Field("address", text_up_to(200), empty=""),
        Field("postal_code", text_up_to(10), empty=""),
        Field("city", text_up_to(100), empty=""),
        Field("province", text_up_to(30), empty=""),
        Field("phone", normalise_phone, empty=""),
        Field("email", normalise_email, empty=""),
        Field("pec", normalise_email, empty=""),
        Field("is_active", read_flag),
    )

    def settle(self, parsed: Parsed, state: State, stored: State | None) -> bool:
        """An agency has a name; its province is one in use."""
        if not state["name"]:
            raise RowRefused("name", _("A new agency needs its name."), _("Fill the column “name”."))
        if "province" in parsed.given and state["province"]:
            state["province"] = checked(lambda: read_province(state["province"], self.today), "province")
        return False


def checked(read: Callable[[], Any], column: str) -> Any:
    """The value read, or RowRefused for the column."""
    try:
        return read()
    except ValidationError as error:
        raise RowRefused(column, reason_of(error)) from None


def agencies_by_code() -> dict[str, int]:
    """The id of every agency by its code; UnusableInput when there is none yet, since nothing could be loaded."""
    known = dict(Agency.objects.values_list("code", "pk"))
    if not known:
        raise UnusableInput(_("No agency is stored yet: run import_agencies before this."))
    return known


def agency_id(known: dict[str, int], code: str) -> int:
    """The id of the agency with this code; RowRefused when there is none."""
    try:
        return known[code]
    except KeyError:
        raise RowRefused(
            "agency",
            _("There is no agency with this code."),
            _("Correct the code, or load the agency with import_agencies first."),
        ) from None
