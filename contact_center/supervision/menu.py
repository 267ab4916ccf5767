"""Entries of the menu that depend on more than a permission: who leads a team, who has work that was scored."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contact_center.models.quality import SEES_REVIEWS


def supervision_items(user: Any) -> list[dict[str, Any]]:
    """The page of who supervises: managers, and an agent who leads the team they work in."""
    if user.has_perm("contact_center.view_agentstate") or leads(user):
        return [{"title": _("Supervision"), "icon": "supervisor_account", "link": reverse("supervision")}]
    return []


def quality_items(user: Any) -> list[dict[str, Any]]:
    """The pages of quality samples: an agent's own; those of the teams, for their leaders and for people who read all."""
    items: list[dict[str, Any]] = []
    if getattr(user, "agent", None) is not None and user.has_perm("contact_center.change_contact"):
        items.append({"title": _("My quality samples"), "icon": "reviews", "link": reverse("own_reviews")})
    if user.has_perm(SEES_REVIEWS) or leads(user):
        items.append({"title": _("Quality samples"), "icon": "rule", "link": reverse("quality_reviews")})
    return items


def leads(user: Any) -> bool:
    """Whether the user leads the team they work in, without asking the database: the agent and the team came with the user."""
    agent = getattr(user, "agent", None)
    return agent is not None and agent.team is not None and agent.team.is_active and agent.team.lead_id == user.pk
