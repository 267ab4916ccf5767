"""Addresses of the reserved area under /area-riservata/: an include per app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
