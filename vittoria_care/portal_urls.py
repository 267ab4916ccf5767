"""Addresses of the reserved area under /area-riservata/: enrolment, the home, and an include per app."""

from django.urls import include, path

from . import enrolment, portal

urlpatterns = [
    path("", portal.home_view, name="reserved_area"),
    path("iscrizione/", enrolment.ask_view, name="enrolment"),
    path("iscrizione/inviata/", enrolment.sent_view, name="enrolment_sent"),
    path("iscrizione/condizioni/", enrolment.terms_view, name="enrolment_terms"),
    path("iscrizione/<str:secret>/", enrolment.finish_view, name="enrolment_finish"),
    path("", include("customers.portal_urls")),
    path("", include("notifications.portal_urls")),
    path("", include("contact_center.portal_urls")),
    path("", include("complaints.portal_urls")),
]
