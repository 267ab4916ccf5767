"""Addresses of the page of why contacts are not resolved."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.unresolved_view, name="unresolved"),
    path("parole/", views.words_view, name="unresolved_words"),
    path("esporta.csv", views.export_view, {"kind": "csv"}, name="unresolved_csv"),
    path("esporta.xlsx", views.export_view, {"kind": "xlsx"}, name="unresolved_xlsx"),
]
