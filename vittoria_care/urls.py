"""Addresses: an include per app."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from . import accounts, views

urlpatterns = [
    path("", views.home, name="home"),
    path("accesso/fatto/", accounts.after_sign_in, name="after_sign_in"),
    path("accesso/email/", accounts.sign_in_address),
    path("accesso/secondo-fattore/", include("allauth.mfa.urls")),
    path("accesso/", include("allauth.account.urls")),
    path("lingua/", include("django.conf.urls.i18n")),
    path("contatti/", include("contact_center.public_urls")),
    path("contatti/reclamo/", include("complaints.public_urls")),
    path("area-riservata/", include("vittoria_care.portal_urls")),
    path("backoffice/", admin.site.urls),
    path("dashboard/", include("contact_center.urls")),
    path("api/v1/", include("contact_center.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("healthz", views.healthz, name="healthz"),
]
