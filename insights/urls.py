"""Addresses of the managers' pages under /dashboard/."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.figures_view, name="figures"),
    path("chiamate/", views.calls_view, name="calls"),
    path("personale/", include("insights.staffing.urls")),
    path("da-soli.csv", views.self_service_view, name="self_service_csv"),
    path("esporta.csv", views.export_view, {"kind": "csv"}, name="figures_csv"),
    path("esporta.xlsx", views.export_view, {"kind": "xlsx"}, name="figures_xlsx"),
]
