"""Addresses of the agents' pages about operations, under /backoffice/operazioni/."""

from django.urls import path

from . import begin_views

urlpatterns = [path("nuova/<int:pk>/", begin_views.begin_view, name="begin_operation")]
