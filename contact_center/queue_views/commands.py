"""Commands: keep a view of the queue, change it, delete it. Its owner does; who keeps the organisation, the shared ones too."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from contact_center.models import Agent, QueueView, Team
from contact_center.queue_views.parameters import WORDS, kept_parameters
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_line

KEEPS_TEAMS = "contact_center.change_team"
MOST = 30  # views of one person
Sharing = QueueView.Sharing


def may_share(user: User, agent: Agent | None, sharing: str, team: Team | None) -> bool:
    """Whether the user may offer a view to others: who keeps the teams to all, a second-level specialist to their team."""
    if sharing == Sharing.OWN or user.has_perm(KEEPS_TEAMS):
        return True
    own = agent.team if agent is not None else None
    return sharing == Sharing.TEAM and own is not None and own.level == 2 and team == own


def may_change(user: User, view: QueueView) -> bool:
    """Whether the user may change or delete the view."""
    return view.user_id == user.pk or (view.sharing != Sharing.OWN and user.has_perm(KEEPS_TEAMS))


@transaction.atomic
def save_view(
    *, name: str, parameters: Mapping[str, str], sharing: str = Sharing.OWN, team: Team | None = None, by: User
) -> QueueView:
    """Keep tab, filters and search under a name, after the user's other views.

    Refused for a name that is missing or that another of the user's views has, for sharing that the user may not do or
    that names no active team, for a shared view with a search in it, and beyond MOST views.
    """
    # One by one for each person, so that two tabs do not pass the limit together.
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    own = QueueView.objects.filter(user=by)
    if own.count() >= MOST:
        raise Refused(
            _("You have %(most)d views already: delete one that you do not need.") % {"most": MOST}, code="too_many"
        )
    view = QueueView(user=by, parameters=kept_parameters(parameters))
    _set(view, name=name, sharing=sharing, team=team, position=own.count() + 1, by=by)
    view.save()
    return view


@transaction.atomic
def change_view(view: QueueView, *, name: str, sharing: str, team: Team | None, position: int, by: User) -> QueueView:
    """Give the view another name, place or readers; refused as `save_view`, and to whom it does not belong."""
    view = _locked(view, by)
    _set(view, name=name, sharing=sharing, team=team, position=position, by=by)
    view.version += 1
    view.save()
    return view


@transaction.atomic
def delete_view(view: QueueView, *, by: User) -> None:
    """Delete the view; no contact is touched. Refused to whom it does not belong."""
    _locked(view, by).delete()


def _locked(view: QueueView, by: User) -> QueueView:
    found = QueueView.objects.select_for_update().filter(pk=view.pk).first()
    if found is None:
        raise Refused(_("Somebody has deleted this view meanwhile."), code="deleted")
    if not may_change(by, found):
        raise Refused(_("Only %(name)s can change this view.") % {"name": found.user}, code="not_yours")
    return found


def _set(view: QueueView, *, name: str, sharing: str, team: Team | None, position: int, by: User) -> None:
    name = clean_line(name)[:60]
    team = team if sharing == Sharing.TEAM else None
    if not name:
        raise Refused(_("Give the view a name."), code="no_name", field="name")
    if QueueView.objects.filter(user=view.user, name=name).exclude(pk=view.pk).exists():
        raise Refused(_("You have a view called “%(name)s” already.") % {"name": name}, code="same_name", field="name")
    if sharing == Sharing.TEAM and (team is None or not team.is_active):
        raise Refused(_("Choose the team that the view is for."), code="no_team", field="team")
    if not may_share(by, Agent.objects.of_user(by), sharing, team):
        raise Refused(
            _("You can keep this view for yourself; a manager can offer it to others."),
            code="not_shared",
            field="sharing",
        )
    if sharing != Sharing.OWN and WORDS in view.parameters:
        raise Refused(
            _("It has a search in it, which may name a person: keep it for yourself, or save it without the search."),
            code="search_is_own",
            field="sharing",
        )
    if not 1 <= position <= 99:
        raise Refused(_("The place is a number from 1 to 99."), code="no_such_place", field="position")
    view.name, view.sharing, view.team, view.position = name, sharing, team, position
