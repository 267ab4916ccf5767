"""Addresses of sign-in by OpenID Connect, under /accesso/identita/. Their names are allauth's where it knows the page."""

from django.urls import path

from . import views

urlpatterns = [
    path("iscrizione/", views.enrolment_view, name="identity_enrolment"),
    path("iscrizione/codice/", views.enrolment_code_view, name="identity_enrolment_code"),
    path("togli/<int:pk>/", views.unlink_view, name="identity_unlink"),
    path("<slug:provider_id>/", views.login_view, name="openid_connect_login"),
    path("<slug:provider_id>/ritorno/", views.callback_view, name="openid_connect_callback"),
]
