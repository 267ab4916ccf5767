"""Addresses: an include per app."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from . import views
from .running import probes
from .sign_in import accounts, second_factor, session_limits

handler400 = "vittoria_care.views.could_not_read"
handler403 = "vittoria_care.views.forbidden"
handler404 = "vittoria_care.views.not_found"

urlpatterns = [
    path("", views.home, name="home"),
    path("accesso/fatto/", accounts.after_sign_in, name="after_sign_in"),
    path("accesso/presente/", session_limits.present_view, name="present"),
    path("accesso/email/", accounts.sign_in_address),
    path("accesso/secondo-fattore/", include("allauth.mfa.urls")),
    path("accesso/", include("allauth.account.urls")),
    path("lingua/", include("django.conf.urls.i18n")),
    path("contatti/", include("contact_center.requests.urls")),
    path("contatti/reclamo/", include("complaints.public_urls")),
    path("area-riservata/", include("reserved_area.urls")),
    path("pagamenti/", include("reserved_area.public_urls")),
    path("privacy/", views.legal, {"name": "privacy"}, name="privacy"),
    path("accessibilita/", views.legal, {"name": "accessibility"}, name="accessibility"),
    path("backoffice/scrivania/", include("contact_center.desk.urls")),
    path("backoffice/operazioni/", include("contact_center.operations.urls")),
    path("backoffice/denunce/", include("contact_center.claims.urls")),
    path("backoffice/presente/", second_factor.still_here_view, name="still_here"),
    path(
        "backoffice/customers/apikey/",
        RedirectView.as_view(pattern_name="admin:foundation_apikey_changelist", http_method_names=["get", "head"]),
        name="api_keys",
    ),
    path("backoffice/", admin.site.urls),
    path("dashboard/", include("insights.urls")),
    path("api/v1/", include("contact_center.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", views.api_docs, name="api_docs"),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics_page, name="metrics"),
    path("demo/posta/", include("vittoria_care.demonstration.mail")),
    path("demo/pagamenti/", include("vittoria_care.demonstration.payments")),
]
