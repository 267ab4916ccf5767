"""Addresses of the public pages under /contatti/."""

from django.urls import path

from . import public_views

urlpatterns = [
    path("", public_views.contacts_view, name="contacts"),
    path("seguito/<str:number>/<str:secret>/", public_views.tracking_view, name="request_tracking"),
]
