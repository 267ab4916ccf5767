"""Addresses of the reserved area under /area-riservata/: enrolment, the home, and an include per room."""

from django.urls import include, path

from . import enrolment, menu
from . import home as portal

urlpatterns = [
    path("", portal.home_view, name="reserved_area"),
    path("altro/", menu.more_view, name="portal_more"),
    path("iscrizione/", enrolment.ask_view, name="enrolment"),
    path("iscrizione/inviata/", enrolment.sent_view, name="enrolment_sent"),
    path("iscrizione/condizioni/", enrolment.terms_view, name="enrolment_terms"),
    path("iscrizione/<str:secret>/", enrolment.finish_view, name="enrolment_finish"),
    path("sinistri/", include("reserved_area.claim_reports_urls")),
    path("", include("reserved_area.records_urls")),
    path("", include("reserved_area.my_data_urls")),
    path("", include("reserved_area.documents_urls")),
    path("", include("reserved_area.payments_urls")),
    path("", include("reserved_area.notices_urls")),
    path("", include("reserved_area.requests_urls")),
    path("", include("reserved_area.operations_urls")),
    path("", include("reserved_area.call_backs_urls")),
    path("", include("reserved_area.complaints_urls")),
    path("", include("reserved_area.feedback_urls")),
    path("", include("reserved_area.acting_urls")),
    path("", include("reserved_area.people_urls")),
]
