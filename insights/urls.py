"""Addresses of the managers' pages under /dashboard/."""

from django.urls import path

from . import views
from .watching import views as watching

urlpatterns = [
    path("", views.figures_view, name="figures"),
    path("chiamate/", views.calls_view, name="calls"),
    path("controllo/", watching.watching_view, name="watching"),
    path("controllo/valori.csv", watching.csv_view, name="watching_csv"),
    path("controllo/avvisi/<int:pk>/", watching.note_view, name="watching_note"),
    path("controllo/posta/", watching.subscribe_view, name="watching_mail"),
    path("controllo/obiettivi/", watching.targets_view, name="watching_targets"),
    path("da-soli.csv", views.self_service_view, name="self_service_csv"),
    path("esporta.csv", views.export_view, {"kind": "csv"}, name="figures_csv"),
    path("esporta.xlsx", views.export_view, {"kind": "xlsx"}, name="figures_xlsx"),
]
