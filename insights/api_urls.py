"""Addresses of the managers' figures in the API, under /api/v1/."""

from django.urls import path

from .watching import api as watching

urlpatterns = [path("figures/watch/", watching.WatchView.as_view(), name="api_figures_watch")]
