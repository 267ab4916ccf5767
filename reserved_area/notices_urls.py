"""Addresses of the reserved area's rooms about notices and consents."""

from django.urls import path

from . import notices as portal

urlpatterns = [
    path("avvisi/", portal.notices_view, name="portal_notices"),
    path("avvisi/inviati/", portal.sent_notices_view, name="portal_sent_notices"),
    path("avvisi/<int:pk>/", portal.notice_view, name="portal_notice"),
    path("avvisi/<int:pk>/letto/", portal.read_view, name="portal_notice_read"),
    path("consensi/", portal.consents_view, name="portal_consents"),
    path("consensi/conferma/<str:link>/", portal.confirm_consent_view, name="consent_confirm"),
    path("consensi/disiscrizione/<str:link>/", portal.unsubscribe_view, name="unsubscribe"),
    path("consensi/<str:purpose>/<str:channel>/si/", portal.give_consent_view, name="portal_consent_give"),
    path("consensi/<str:purpose>/<str:channel>/no/", portal.withdraw_consent_view, name="portal_consent_withdraw"),
]
