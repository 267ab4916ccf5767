"""Addresses: an include per app."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from customers.sensitive import asking

from . import views
from .backoffice import find
from .running import probes
from .sign_in import accounts, address, code_by_mail, devices_page, passkeys, second_factor, session_limits

handler400 = "vittoria_care.views.could_not_read"
handler403 = "vittoria_care.views.forbidden"
handler404 = "vittoria_care.views.not_found"

urlpatterns = [
    path("", views.home, name="home"),
    path("accesso/fatto/", accounts.after_sign_in, name="after_sign_in"),
    path("accesso/presente/", session_limits.present_view, name="present"),
    path("accesso/email/", accounts.sign_in_address),
    path("accesso/indirizzo/conferma/<str:secret>/", address.confirm_view, name="sign_in_address_confirm"),
    path("accesso/indirizzo/annulla/<str:secret>/", address.undo_view, name="sign_in_address_undo"),
    path("accesso/identita/", include("vittoria_care.sign_in.openid_connect.urls")),
    path("accesso/login/code/confirm/", code_by_mail.ConfirmView.as_view(), name="account_confirm_login_code"),
    path("accesso/dispositivi/", devices_page.staff_view, name="devices"),
    path("accesso/dispositivi/sessioni/<int:pk>/", devices_page.end_session_view, name="end_session"),
    path("accesso/dispositivi/altre-sessioni/", devices_page.end_other_sessions_view, name="end_other_sessions"),
    path("accesso/dispositivi/<int:pk>/", devices_page.forget_device_view, name="forget_device"),
    path("accesso/dispositivi/passkey/piu-tardi/", devices_page.passkey_later_view, name="passkey_later"),
    path("area-riservata/accesso/", devices_page.customer_view, name="portal_access"),
    path("accesso/secondo-fattore/webauthn/", passkeys.to_devices, name="mfa_list_webauthn"),
    path("accesso/secondo-fattore/webauthn/add/", passkeys.AddView.as_view(), name="mfa_add_webauthn"),
    path("accesso/secondo-fattore/webauthn/login/", passkeys.SignInView.as_view(), name="mfa_login_webauthn"),
    path(
        "accesso/secondo-fattore/webauthn/reauthenticate/",
        passkeys.AgainView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "accesso/secondo-fattore/webauthn/keys/<int:pk>/remove/",
        passkeys.RemoveView.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("accesso/secondo-fattore/", include("allauth.mfa.urls")),
    path("accesso/app/", include("vittoria_care.sign_in.app_urls")),
    path("accesso/", include("allauth.account.urls")),
    path("lingua/", include("django.conf.urls.i18n")),
    path("contatti/", include("contact_center.requests.urls")),
    path("contatti/reclamo/", include("complaints.public_urls")),
    path("contatti/opinione/", include("complaints.feedback.urls")),
    path("contatti/intermediario/", include("complaints.intermediaries.urls")),
    path("area-riservata/", include("reserved_area.urls")),
    path("", include("reserved_area.root_urls")),
    path("pagamenti/", include("reserved_area.public_urls")),
    path("promozioni/", include("promotions.offers.urls")),
    path("comunicazioni/", include("notifications.public_urls")),
    path("privacy/", views.legal, {"name": "privacy"}, name="privacy"),
    path("accessibilita/", views.legal, {"name": "accessibility"}, name="accessibility"),
    path("backoffice/scrivania/", include("contact_center.desk.urls")),
    path("backoffice/supervisione/", include("contact_center.supervision.urls")),
    path("backoffice/qualita/", include("contact_center.quality.urls")),
    path("backoffice/turno/", include("contact_center.agents.urls")),
    path("backoffice/operazioni/", include("contact_center.operations.urls")),
    path("backoffice/denunce/", include("contact_center.claims.urls")),
    path("backoffice/trova/", find.find_page, name="find"),
    path("backoffice/motivo/<int:pk>/", asking.reason_view, name="file_reason"),
    path("backoffice/presente/", second_factor.still_here_view, name="still_here"),
    path(
        "backoffice/customers/apikey/",
        RedirectView.as_view(pattern_name="admin:foundation_apikey_changelist", http_method_names=["get", "head"]),
        name="api_keys",
    ),
    path("backoffice/", admin.site.urls),
    path("dashboard/", include("insights.urls")),
    path("api/v1/", include("reserved_area.api.urls")),
    path("api/v1/", include("contact_center.api_urls")),
    path("api/v1/", include("insights.api_urls")),
    path("api/v1/", include("complaints.feedback.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", views.api_docs, name="api_docs"),
    path("api/docs/app/", views.api_docs_app, name="api_docs_app"),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics_page, name="metrics"),
    path("demo/posta/", include("vittoria_care.demonstration.mail")),
    path("demo/pagamenti/", include("vittoria_care.demonstration.payments")),
]
