"""Addresses of the managers' pages for programs under /api/v1/."""

from django.urls import path

from insights.staffing.api import StaffingView

urlpatterns = [
    path("figures/staffing/", StaffingView.as_view(), name="api_staffing"),
]
