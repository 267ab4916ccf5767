"""Addresses of the pages of measures."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.measures_view, name="measures"),
    path("esporta.csv", views.export_view, name="measures_csv"),
    path("nuova/", views.begin_view, name="measure_new"),
    path("<int:pk>/", views.measure_view, name="measure"),
    path("<int:pk>/modifica/", views.change_view, name="measure_change"),
    path("<int:pk>/risultato/", views.end_view, {"how": "record"}, name="measure_record"),
    path("<int:pk>/abbandona/", views.end_view, {"how": "drop"}, name="measure_drop"),
]
