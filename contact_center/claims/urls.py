"""Addresses of the guide of claim reports under /backoffice/denunce/."""

from django.urls import path

from . import views

urlpatterns = [
    path("<uuid:key>/", views.draft_view, name="office_report_draft"),
    path("<uuid:key>/foto/", views.files_view, name="office_report_files"),
    path("<uuid:key>/foto/<uuid:file>/", views.file_view, name="office_report_file"),
    path("<uuid:key>/foto/<uuid:file>/togli/", views.file_remove_view, name="office_report_file_remove"),
    path("<uuid:key>/riepilogo/", views.review_view, name="office_report_review"),
    path("<uuid:key>/rinuncia/", views.discard_view, name="office_report_discard"),
    path("<uuid:key>/passo/<slug:step>/", views.step_view, name="office_report_step"),
    path("inviata/<int:pk>/", views.sent_view, name="office_report_sent"),
]
