"""Addresses of the reserved area's rooms about reporting a claim, under sinistri/."""

from django.urls import path

from . import claim_reports as portal

urlpatterns = [
    path("denuncia/", portal.start_view, name="portal_report"),
    path("denuncia/<uuid:key>/", portal.draft_view, name="portal_report_draft"),
    path("denuncia/<uuid:key>/foto/", portal.files_view, name="portal_report_files"),
    path("denuncia/<uuid:key>/foto/<uuid:file>/", portal.file_view, name="portal_report_file"),
    path("denuncia/<uuid:key>/foto/<uuid:file>/togli/", portal.file_remove_view, name="portal_report_file_remove"),
    path("denuncia/<uuid:key>/riepilogo/", portal.review_view, name="portal_report_review"),
    path("denuncia/<uuid:key>/rinuncia/", portal.discard_view, name="portal_report_discard"),
    path("denuncia/<uuid:key>/passo/<slug:step>/", portal.step_view, name="portal_report_step"),
    path("<int:pk>/denuncia/", portal.sent_view, name="portal_report_sent"),
    path("<int:pk>/messaggio/", portal.message_view, name="portal_claim_message"),
    path("<int:pk>/documenti/<int:asked>/", portal.document_view, name="portal_claim_document"),
    path("<int:pk>/file/<uuid:key>/", portal.file_of_claim_view, name="portal_claim_file"),
]
