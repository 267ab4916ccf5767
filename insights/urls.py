"""Addresses of the managers' pages under /dashboard/."""

from django.urls import path

from . import views
from .frozen import views as frozen

urlpatterns = [
    path("", views.figures_view, name="figures"),
    path("periodi/", frozen.periods_view, name="frozen_periods"),
    path("periodi/congelare/", frozen.freeze_view, name="freeze_period"),
    path("periodi/<int:pk>/", frozen.period_view, name="frozen_period"),
    path("periodi/<int:pk>/com-era.csv", frozen.period_csv_view, name="frozen_period_csv"),
    path("periodi/<int:pk>/sbloccare/", frozen.unfreeze_view, name="unfreeze_period"),
    path("chiamate/", views.calls_view, name="calls"),
    path("da-soli.csv", views.self_service_view, name="self_service_csv"),
    path("esporta.csv", views.export_view, {"kind": "csv"}, name="figures_csv"),
    path("esporta.xlsx", views.export_view, {"kind": "xlsx"}, name="figures_xlsx"),
]
