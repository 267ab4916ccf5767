"""Addresses of the managers' figures in the API, under /api/v1/."""

from django.urls import path

from .explaining.api import ChangesView
from .staffing.api import StaffingView
from .watching.api import WatchView

urlpatterns = [
    path("figures/changes/", ChangesView.as_view(), name="api_changes"),
    path("figures/staffing/", StaffingView.as_view(), name="api_staffing"),
    path("figures/watch/", WatchView.as_view(), name="api_figures_watch"),
]
