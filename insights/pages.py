"""The managers' pages, in the order of the tabs above each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from foundation.addresses import address

FIGURES = "contact_center.view_dailyfigures"
WATCHES = "contact_center.view_agentstate"
# What is chosen on one page is chosen on the next one too.
CARRIED = ("from", "to", "line", "topic", "agent", "team", "channel")
OF_EVENTS = (*CARRIED, "events")


@dataclass(frozen=True, slots=True)
class ManagersPage:
    """A page with a tab: the name of its address, the tab's words, the permission that opens it, what it is asked."""

    name: str
    label: Any
    needs: str = FIGURES
    carries: tuple[str, ...] = CARRIED  # parameters of an address that it understands


PAGES: tuple[ManagersPage, ...] = (
    ManagersPage("figures", _("Overview"), carries=OF_EVENTS),
    ManagersPage("service", _("All of the service"), carries=("from", "to")),
    ManagersPage("what_changed", _("What changed")),
    ManagersPage("unresolved", _("Why not at first level")),
    ManagersPage("measures", _("Measures"), needs="insights.view_measure", carries=()),
    ManagersPage("watching", _("Control charts"), needs="insights.view_watchalert", carries=("line",)),
    ManagersPage("hours", _("Half hours"), carries=("from", "to", "line", "channel")),
    ManagersPage("duty", _("Time on duty"), needs=WATCHES, carries=("from", "to")),
    ManagersPage("staffing", _("Staffing"), carries=("line",)),
    ManagersPage("calls", _("Calls and contacts"), carries=OF_EVENTS),
    ManagersPage("frozen_periods", _("Frozen periods"), carries=()),
    ManagersPage("wallboard", _("Wallboard"), needs="contact_center.view_wallboard", carries=("line",)),
)


def tabs(user: Any, current: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """The tabs that the user may open, as {label, url, active}; what is `asked` goes along where a page understands it."""
    found = []
    for page in PAGES:
        if not user.has_perm(page.needs):
            continue
        kept = {name: asked[name] for name in page.carries if asked.get(name)}
        url = address(page.name) + (f"?{urlencode(kept)}" if kept else "")
        found.append({"label": page.label, "url": url, "active": page.name == current})
    return found
