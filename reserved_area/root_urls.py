"""Addresses at the root of the site: a worker is in charge of what is below its own address."""

from django.urls import path

from . import installable

urlpatterns = [
    path("app.webmanifest", installable.manifest_view, name="app_manifest"),
    path("service-worker.js", installable.worker_view, name="service_worker"),
    path("fuori-rete/", installable.offline_view, name="offline"),
]
