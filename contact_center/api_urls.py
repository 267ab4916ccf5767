"""Addresses of the API under /api/v1/."""

from django.urls import path

from . import api, requests_api

urlpatterns = [
    path("figures/", api.FiguresView.as_view(), name="api_figures"),
    path("requests/", requests_api.RequestsView.as_view(), name="api_requests"),
]
