"""Query: the views above the queue, how much is in them, and what of a view no longer exists.

A count goes no further than MOST, and is asked once in COUNTED_FOR seconds for each reader: what a view shows depends on
who looks ("mine", "my team", the files they may see).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.core.cache import cache
from django.db.models import Value
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from contact_center.models import Contact, QueueView, Team, Topic
from contact_center.models.contact import ContactQuerySet
from contact_center.office.queue import (
    MOST,
    ChoiceFilter,
    QueueFilter,
    agent_on,
    default_work,
)
from contact_center.office.slices import PARTS
from contact_center.office.work import QUEUE
from contact_center.queue_views.parameters import WORDS, as_written, kept_parameters
from foundation.text import search_words

COUNTED_FOR = 20  # seconds
SHOWN = 12  # views above the list; the others are found in the list of views
PLAIN: dict[str, dict[str, Any]] = {
    "work": dict(QueueFilter.TABS),
    "channel": dict(Contact.Channel.choices),
    "area": dict(Topic.Area.choices),
    "level": {str(value): label for value, label in Contact.LEVELS},
    "part": dict(PARTS),
    "priority": {str(value): label for value, label in Contact.Priority.choices},
}


def address_of(view: QueueView) -> str:
    """Where the queue shows the view."""
    written = as_written(view.parameters)
    return f"{reverse(QUEUE)}?{written}{'&' if written else ''}vista={view.pk}"


def in_words(parameters: Mapping[str, str], teams: Mapping[str, str] | None = None) -> str:
    """What a view shows, such as “Open, channel: app”. `teams` has the names by id; without it one query where a team is named."""
    words = []
    for name, value in kept_parameters(parameters).items():
        if name == WORDS:
            words.append(_("search: %(words)s") % {"words": value})
        elif name == "team":
            names = team_names([parameters]) if teams is None else teams
            words.append(_("team: %(name)s") % {"name": names.get(value, value)})
        else:
            label = PLAIN[name].get(value, value)
            kind = {"channel": _("channel"), "area": _("subject area"), "priority": _("priority")}.get(name)
            words.append(f"{kind}: {label}" if kind else str(label))
    return ", ".join(words) or str(_("the queue as it opens"))


def team_names(views: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The names of the teams that the parameters of these views name, by id. One query, none where they name no team."""
    named = {each.get("team", "") for each in views}
    ids = [int(each) for each in named if each.isascii() and each.isdigit() and len(each) < 10]
    return {str(team.pk): str(team) for team in Team.objects.filter(pk__in=ids)}


def views_of(changelist: Any, request: Any) -> dict[str, Any]:
    """What the top of the queue shows of views: those offered, the one in force, and what of it no longer exists."""
    agent = agent_on(request)
    specs = specs_of(changelist.filter_specs)
    offered = list(QueueView.objects.offered_to(request.user, agent).in_order()[:SHOWN])
    asked, shown = request.GET.get("vista", ""), kept_parameters(request.GET.dict())
    in_force = next((view for view in offered if str(view.pk) == asked and view.parameters == shown), None)
    if in_force is None and asked.isascii() and asked.isdigit() and len(asked) < 10:
        in_force = QueueView.objects.offered_to(request.user, agent).filter(pk=int(asked), parameters=shown).first()
    counts = _counts(offered, specs, changelist, request)
    return {
        "views": [
            {"name": view.name, "url": address_of(view), "selected": view == in_force, "count": counts[view.pk]}
            for view in offered
        ],
        "view_gone": bool(asked) and in_force is None and not shown,
        "view_lacks": _lacking(in_force.parameters, specs) if in_force is not None else [],
        "filters_written": as_written(shown),
    }


def _is_known(spec: Any, value: str) -> bool:
    return value in {str(choice) for choice, _label in spec.lookup_choices}


def _lacking(parameters: Mapping[str, str], specs: Mapping[str, Any]) -> list[str]:
    """The filters of a view that the list no longer has, in words: the rows are shown without them."""
    gone = {name: value for name, value in parameters.items() if name in specs and not _is_known(specs[name], value)}
    return [capfirst(in_words({name: value})) for name, value in gone.items()]


def _counts(views: Sequence[QueueView], specs: Mapping[str, Any], changelist: Any, request: Any) -> dict[int, str]:
    """How many rows each view shows; one query for those that were not counted lately."""
    keys = {view.pk: f"queue-view:{request.user.pk}:{view.pk}:{view.version}" for view in views}
    known: dict[str, int] = cache.get_many(keys.values())
    new = [view for view in views if keys[view.pk] not in known]
    plain, find = changelist.root_queryset.select_related(None).order_by(), changelist.model_admin.find
    asked = [
        narrowed(plain, view.parameters, specs, request, find).values(tab=Value(view.pk))[: MOST + 1] for view in new
    ]
    if asked:
        found = Counter(row["tab"] for row in asked[0].union(*asked[1:], all=True))
        fresh = {keys[view.pk]: found[view.pk] for view in new}
        cache.set_many(fresh, COUNTED_FOR)
        known |= fresh
    return {pk: f"{MOST}+" if known[key] > MOST else str(known[key]) for pk, key in keys.items()}


def narrowed(
    rows: ContactQuerySet,
    parameters: Mapping[str, str],
    specs: Mapping[str, Any],
    request: Any,
    find: Callable[[Any, str], Any],
) -> ContactQuerySet:
    """The rows that tab, filters and search choose, without the filters that no longer exist. `find` is that of the page."""
    words = search_words(parameters.get(WORDS, ""))
    work = parameters.get("work") or ("all" if words else default_work(request))
    tabs = specs["work"]
    rows = tabs.narrowed(request, rows, work if _is_known(tabs, work) else default_work(request))
    for name, spec in specs.items():
        value = parameters.get(name, "")
        if name != "work" and value and _is_known(spec, value):
            rows = spec.narrowed(rows, value)
    return find(rows, words) if words else rows


def specs_of(filter_specs: Sequence[Any]) -> dict[str, Any]:
    """The tabs and the choices of the queue by the names of their parameters."""
    return {
        "work" if isinstance(spec, QueueFilter) else spec.parameter_name: spec
        for spec in filter_specs
        if isinstance(spec, QueueFilter | ChoiceFilter)
    }


def view_at(request: Any) -> QueueView | None:
    """The view that an address names and nothing else; None where it is not offered to the reader."""
    asked = request.GET.get("vista", "")
    if set(request.GET) != {"vista"} or not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return None
    return QueueView.objects.offered_to(request.user, agent_on(request)).filter(pk=int(asked)).first()
