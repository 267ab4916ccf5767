"""Addresses of the managers' figures in the API, under /api/v1/."""

from django.urls import path

from .explaining.api import ChangesView
from .watching.api import WatchView

urlpatterns = [
    path("figures/changes/", ChangesView.as_view(), name="api_changes"),
    path("figures/watch/", WatchView.as_view(), name="api_figures_watch"),
]
