"""Addresses of the reserved area's room about opinions."""

from django.urls import path

from . import feedback as portal

urlpatterns = [
    path("opinioni/", portal.feedback_view, name="portal_feedback"),
    path("opinioni/nuova/", portal.write_view, name="portal_feedback_form"),
]
