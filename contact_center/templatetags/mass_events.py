"""The mass events that hold now, on pages that show them: to visitors, at the desk, above the queue."""

from typing import Any

from django import template
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contact_center.models import Contact, JoinedContact, MassEvent
from contact_center.requests.mass_events import events_shown

register = template.Library()

MOST = 3  # shown on one page


@register.inclusion_tag("components/mass_events.html", takes_context=True)
def mass_events(context: template.Context, *, is_folded: bool = False) -> dict[str, Any]:
    """What visitors and customers read, but for what they have hidden; folded to its title where the page has its own first thing to say."""
    request = context["request"]
    return {
        "events": events_shown(request),
        "next": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
        "is_folded": is_folded,
    }


@register.inclusion_tag("office/queue_events.html")
def mass_events_above_the_queue() -> dict[str, Any]:
    """What agents should know while they work the queue."""
    return {"events": MassEvent.objects.in_force(timezone.now()).order_by("-begins_at", "-pk")[:MOST]}


@register.inclusion_tag("office/desk/mass_events.html", takes_context=True)
def mass_events_at_the_desk(context: template.Context, contact: Contact | None = None) -> dict[str, Any]:
    """What concerns the call in hand: events of its line or of all lines; between two calls, all."""
    found = MassEvent.objects.in_force(timezone.now()).order_by("-begins_at", "-pk")
    if contact:
        found = found.filter(Q(lines=None) | Q(lines=contact.line_id)).distinct()
    events = list(found[:MOST])
    joined = None
    if contact and events:  # on most days nothing is asked
        joined = JoinedContact.objects.standing().filter(contact=contact).values_list("event", flat=True).first()
    return {
        "events": events,
        "contact": contact,
        "joined": joined,
        "back": f"{reverse('desk')}?contact={contact.pk}" if contact else "",
        "csrf_token": context.get("csrf_token"),
    }
