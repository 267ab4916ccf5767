"""Addresses of complaints under /contatti/reclamo/: the form, and the page of a complaint by its secret."""

from django.urls import path

from complaints import tracking_views, views
from complaints.arbitrator.views import unfulfilled_decisions
from complaints.returns.views import statement_view

SECRET = "seguito/<int:year>/<int:sequence>/<str:secret>"  # noqa: S105 - the shape of an address

urlpatterns = [
    path("", views.complaint_form, name="complaint_form"),
    path("arbitro/decisioni-non-adempiute/", unfulfilled_decisions, name="unfulfilled_decisions"),
    path("ricevuto/", views.received, name="complaint_received"),
    path("rendiconto/", statement_view, name="complaint_statement"),
    path("rendiconto/<int:year>/", statement_view, name="complaint_statement_year"),
    path(f"{SECRET}/", tracking_views.tracking_view, name="complaint_tracking"),
    path(f"{SECRET}/ricevuto/", tracking_views.registered_view, name="complaint_registered"),
    path(f"{SECRET}/lettera/", tracking_views.letter_view, name="complaint_tracked_letter"),
    path(f"{SECRET}/file/<uuid:key>/", tracking_views.file_view, name="complaint_tracked_file"),
]
