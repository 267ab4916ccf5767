"""Addresses of the public complaint form under /contatti/reclamo/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
