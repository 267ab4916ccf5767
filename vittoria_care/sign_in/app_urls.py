"""Addresses of the app's sign-in under /accesso/app/: those of allauth's headless API that fit this project, by allauth's views.

Left out: to sign up (nobody does), to change the address of the sign-in (that is done with a notice to the earlier one), and
telephone numbers. What a setting turns off has no address, as on the pages.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from allauth.account import app_settings as account
from allauth.headless.account import views as accounts
from allauth.headless.base.views import APIView, ConfigView
from allauth.headless.constants import Client
from allauth.headless.mfa import views as factors
from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from .app_sessions import save
from .passkeys import InAppView


def _app_view(view: type[APIView]) -> Callable[..., HttpResponseBase]:
    """allauth's view for an app. It reads the session again: what the limits noted in it is stored first."""
    inner = view.as_api_view(client=Client.APP)

    @wraps(inner)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        save(request.session)
        return inner(request, *args, **kwargs)

    return entered


def _addresses() -> Iterator[URLPattern]:
    """Route, view and name of each."""

    def at(route: str, view: type[APIView], name: str) -> URLPattern:
        return path(f"v1/{route}", _app_view(view), name=f"app_{name}")

    yield at("config", ConfigView, "config")
    yield at("auth/login", accounts.LoginView, "login")
    yield at("auth/session", accounts.SessionView, "session")
    yield at("auth/reauthenticate", accounts.ReauthenticateView, "reauthenticate")
    yield at("auth/password/request", accounts.RequestPasswordResetView, "password_request")
    yield at("auth/password/reset", accounts.ResetPasswordView, "password_reset")
    yield at("account/password/change", accounts.ChangePasswordView, "password_change")
    if account.LOGIN_BY_CODE_ENABLED:
        yield at("auth/code/request", accounts.RequestLoginCodeView, "code_request")
        yield at("auth/code/confirm", accounts.ConfirmLoginCodeView, "code_confirm")
        yield at("auth/code/resend", accounts.ResendLoginCodeView, "code_resend")
    yield at("auth/2fa/authenticate", factors.AuthenticateView, "second_factor")
    yield at("auth/2fa/reauthenticate", factors.ReauthenticateView, "second_factor_again")
    yield at("account/authenticators", factors.AuthenticatorsView, "authenticators")
    yield at("account/authenticators/totp", factors.ManageTOTPView, "totp")
    yield at("account/authenticators/recovery-codes", factors.ManageRecoveryCodesView, "recovery_codes")
    if Authenticator.Type.WEBAUTHN in mfa.SUPPORTED_TYPES:
        yield at("account/authenticators/webauthn", InAppView, "passkeys")
        yield at("auth/webauthn/authenticate", factors.AuthenticateWebAuthnView, "passkey_second_factor")
        yield at("auth/webauthn/reauthenticate", factors.ReauthenticateWebAuthnView, "passkey_again")
        if mfa.PASSKEY_LOGIN_ENABLED:
            yield at("auth/webauthn/login", factors.LoginWebAuthnView, "passkey_login")


urlpatterns = list(_addresses())
NAMES = frozenset(pattern.name for pattern in urlpatterns)
