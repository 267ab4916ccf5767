"""Addresses of the public pages under /contatti/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
