"""What people read for causes and groupings."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models.code import CodeList, label_of
from customers import rami
from customers.models import Agency

GROUPING_NAMES = {
    "reason": gettext_lazy("reason"),
    "reason_ramo": gettext_lazy("reason and line of business"),
    "reason_product": gettext_lazy("reason and product"),
    "reason_agency": gettext_lazy("reason and agency"),
    "area": gettext_lazy("business area"),
    "ramo": gettext_lazy("line of business (ramo)"),
    "product": gettext_lazy("product"),
    "agency": gettext_lazy("agency"),
    "intermediary": gettext_lazy("type of intermediary"),
}
_LISTS = {
    "area": CodeList.AREA,
    "reason": CodeList.REASON,
    "product": CodeList.PRODUCT,
    "intermediary_kind": CodeList.INTERMEDIARY,
}


def agency_names() -> dict[str, str]:
    """The names of all agencies by their code: some hundred."""
    return dict(Agency.objects.values_list("code", "name"))


def value_name(column: str, value: str, agencies: Mapping[str, str]) -> str:
    """What people read for a value of a cause; that there is none, where there is none."""
    if not value:
        return _("none")
    if column == "agency":
        return f"{value} – {agencies.get(value, value)}"
    if column == "ramo":
        return f"{value} – {dict(rami.CHOICES).get(value, value)}"
    return label_of(_LISTS[column], value)


def cause_name(cause: Mapping[str, str], agencies: Mapping[str, str]) -> str:
    """What people read for a cause."""
    return " · ".join(value_name(column, value, agencies) for column, value in cause.items())
