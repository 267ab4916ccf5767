"""Addresses that no person opens: where those who carry our notices report what became of them."""

from django.urls import path

from . import sms_reports

urlpatterns = [path("sms/riscontri/<slug:code>/", sms_reports.report_view, name="sms_report")]
