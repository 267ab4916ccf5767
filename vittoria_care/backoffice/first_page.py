"""The first page of the back office: the panels of every app, each counted where its rows live."""

from collections.abc import Iterable

from django.http import HttpRequest

from complaints import panels as complaints
from contact_center.office import panels as contact_center
from customers import panels as customers
from notifications import panels as notifications
from vittoria_care.running import heartbeat

from .site import Panel, panels


@panels
def today(request: HttpRequest) -> Iterable[Panel]:
    """What a person should know before starting, as far as they may see it: their own work first, then how the day goes."""
    waiting = [customers.panels, contact_center.panels, complaints.panels, notifications.panels]
    if request.user.has_perm("complaints.change_complaint") and not request.user.is_superuser:
        waiting.remove(complaints.panels)  # who follows complaints begins with them
        waiting.insert(0, complaints.panels)
    for counted in (*waiting, contact_center.day_panels, heartbeat.panels):
        for panel in counted(request.user):
            yield Panel(**panel)
