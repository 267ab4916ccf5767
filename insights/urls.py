"""Addresses of the managers' pages under /dashboard/."""

from django.urls import path

from . import views
from .explaining import views as explaining

urlpatterns = [
    path("", views.figures_view, name="figures"),
    path("chiamate/", views.calls_view, name="calls"),
    path("da-soli.csv", views.self_service_view, name="self_service_csv"),
    path("esporta.csv", views.export_view, {"kind": "csv"}, name="figures_csv"),
    path("esporta.xlsx", views.export_view, {"kind": "xlsx"}, name="figures_xlsx"),
    path("perche/", explaining.what_changed_view, name="what_changed"),
    path("perche/esporta.csv", explaining.changes_export_view, {"kind": "csv"}, name="changes_csv"),
    path("perche/esporta.xlsx", explaining.changes_export_view, {"kind": "xlsx"}, name="changes_xlsx"),
]
