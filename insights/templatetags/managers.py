"""The tabs above the managers' pages."""

from typing import Any

from django import template

from insights.pages import tabs

register = template.Library()


@register.inclusion_tag("insights/tabs.html", takes_context=True)
def managers_tabs(context: template.Context) -> dict[str, Any]:
    """The pages that this person may open; the one that is open is marked, and its filters go along."""
    request = context["request"]
    return {"tabs": tabs(request.user, request.resolver_match.url_name, request.GET)}
