"""Addresses that nobody who is signed in opens: where the providers of payments confirm."""

from django.urls import path

from . import payments

urlpatterns = [path("conferme/<slug:code>/", payments.confirmation_view, name="payment_confirmation")]
