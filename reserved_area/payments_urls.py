"""Addresses of the reserved area's room about payments."""

from django.urls import path

from . import payments as portal

urlpatterns = [
    path("pagamenti/", portal.payments_view, name="portal_payments"),
    path("pagamenti/<int:pk>/", portal.payment_view, name="portal_payment"),
    path("pagamenti/<int:pk>/verifica/", portal.check_view, name="portal_payment_check"),
    path("pagamenti/<int:pk>/ricevuta/", portal.receipt_view, name="portal_payment_receipt"),
    path("pagamenti/rate/<int:pk>/", portal.instalment_view, name="portal_pay"),
    path("rinnovi/<int:pk>/", portal.offer_view, name="portal_renewal"),
]
