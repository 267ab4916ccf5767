"""Addresses of the reserved area's room about complaints."""

from django.urls import path

from . import complaints as portal

urlpatterns = [
    path("reclami/", portal.complaints_view, name="portal_complaints"),
    path("reclami/nuovo/", portal.write_view, name="portal_complaint_form"),
    path("reclami/<int:pk>/", portal.complaint_view, name="portal_complaint"),
    path("reclami/<int:pk>/aggiunte/", portal.addition_view, name="portal_complaint_add"),
    path("reclami/<int:pk>/file/<uuid:key>/", portal.file_view, name="portal_complaint_file"),
    path("reclami/<int:pk>/lettera/", portal.letter_view, name="portal_complaint_letter"),
]
