"""Addresses of the reserved area's room about one's own data."""

from django.urls import path

from . import my_data

urlpatterns = [
    path("dati/", my_data.my_data_view, name="portal_my_data"),
    path("dati/copia/", my_data.ask_export_view, name="portal_data_export_ask"),
    path("dati/copia/<uuid:key>/", my_data.export_file_view, name="portal_data_export"),
    path("dati/copia/<uuid:key>/elimina/", my_data.end_export_view, name="portal_data_export_end"),
    path("dati/cancellazione/", my_data.erasure_view, name="portal_erasure"),
    path("dati/cancellazione/<int:pk>/ritira/", my_data.withdraw_erasure_view, name="portal_erasure_withdraw"),
]
