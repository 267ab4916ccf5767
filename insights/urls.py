"""Addresses of the managers' pages under /dashboard/."""

from django.urls import path

from . import views
from .wallboard import views as wall

urlpatterns = [
    path("", views.figures_view, name="figures"),
    path("chiamate/", views.calls_view, name="calls"),
    path("da-soli.csv", views.self_service_view, name="self_service_csv"),
    path("esporta.csv", views.export_view, {"kind": "csv"}, name="figures_csv"),
    path("esporta.xlsx", views.export_view, {"kind": "xlsx"}, name="figures_xlsx"),
    path("parete/", wall.wallboard, name="wallboard"),
    path("parete/adesso/", wall.wallboard_now, name="wallboard_now"),
    path("parete/schermi/", wall.wallscreens, name="wallscreens"),
    path("parete/schermi/tenere/", wall.wallscreen_keep, name="wallscreen_keep"),
    path("parete/schermi/<int:pk>/spegnere/", wall.wallscreen_end, name="wallscreen_end"),
]
