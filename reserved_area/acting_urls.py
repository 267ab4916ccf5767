"""Addresses of the reserved area's room about whom one acts for."""

from django.urls import path

from . import acting as portal

urlpatterns = [
    path("per-conto-di/", portal.acting_view, name="portal_acting"),
    path("per-conto-di/richiesta/", portal.ask_view, name="portal_acting_ask"),
    path("per-conto-di/richiesta/<int:pk>/ritira/", portal.withdraw_view, name="portal_acting_withdraw"),
    path("per-conto-di/scelta/", portal.choose_view, name="portal_acting_choose"),
    path("per-conto-di/<int:pk>/lascia/", portal.leave_view, name="portal_acting_leave"),
]
