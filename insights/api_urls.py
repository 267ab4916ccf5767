"""Addresses of the managers' figures for programs, under /api/v1/."""

from django.urls import path

from .explaining.api import ChangesView

urlpatterns = [path("figures/changes/", ChangesView.as_view(), name="api_changes")]
