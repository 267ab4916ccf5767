"""Addresses of the API under /api/v1/."""

from django.urls import path

from .agents import api as agents_api
from .calls import api as calls_api
from .figures import api
from .figures.unresolved import api as unresolved_api
from .requests import api as requests_api
from .requests import mass_events

urlpatterns = [
    path("agents/states/", agents_api.AgentStatesView.as_view(), name="api_agents_states"),
    path("calls/", calls_api.CallsView.as_view(), name="api_calls"),
    path("calls/events/", calls_api.CallEventsView.as_view(), name="api_call_events"),
    path("figures/", api.FiguresView.as_view(), name="api_figures"),
    path("figures/unresolved/", unresolved_api.UnresolvedView.as_view(), name="api_unresolved"),
    path("service-notices/", mass_events.ServiceNoticesView.as_view(), name="api_service_notices"),
    path("requests/", requests_api.RequestsView.as_view(), name="api_requests"),
]
