"""Addresses of the reserved area's rooms about notices, notifications and consents."""

from django.urls import path

from . import notices as portal
from . import preferences, push

urlpatterns = [
    path("avvisi/", portal.notices_view, name="portal_notices"),
    path("avvisi/inviati/", portal.sent_notices_view, name="portal_sent_notices"),
    path("avvisi/offerte/", portal.offers_view, name="portal_offers"),
    path("avvisi/preferenze/", preferences.preferences_view, name="portal_preferences"),
    path("avvisi/<int:pk>/", portal.notice_view, name="portal_notice"),
    path("avvisi/<int:pk>/letto/", portal.read_view, name="portal_notice_read"),
    path("notifiche/", push.push_view, name="portal_push"),
    path("notifiche/attiva/", push.subscribe_view, name="portal_push_on"),
    path("notifiche/<int:pk>/disattiva/", push.switch_off_view, name="portal_push_off"),
    path("consensi/", portal.consents_view, name="portal_consents"),
    path("consensi/conferma/<str:link>/", portal.confirm_consent_view, name="consent_confirm"),
    path("consensi/disiscrizione/<str:link>/", portal.unsubscribe_view, name="unsubscribe"),
    path("consensi/<str:purpose>/<str:channel>/si/", portal.give_consent_view, name="portal_consent_give"),
    path("consensi/<str:purpose>/<str:channel>/no/", portal.withdraw_consent_view, name="portal_consent_withdraw"),
]
