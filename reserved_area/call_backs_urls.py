"""Addresses of the reserved area's room about call-backs."""

from django.urls import path

from . import call_backs as portal

urlpatterns = [
    path("richiamate/", portal.call_backs_view, name="portal_call_backs"),
    path("richiamate/<int:pk>/sposta/", portal.move_view, name="portal_call_back_move"),
    path("richiamate/<int:pk>/annulla/", portal.cancel_view, name="portal_call_back_cancel"),
]
