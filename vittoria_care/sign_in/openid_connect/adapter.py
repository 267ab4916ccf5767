"""What allauth asks of the project about providers, and where its flow is made stricter.

allauth keeps the state, the PKCE verifier and the stages of a sign-in. The tokens are fetched and believed by `calls` and
`tokens`; who the person is, is decided by `identities`.
"""

import logging
import secrets
import time
from collections.abc import Mapping
from copy import copy
from typing import Any

from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import Model
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from customers.models import User
from foundation.refusals import Refused

from ..second_factor import PASSED, is_staff
from . import calls, tokens
from .calls import Away, NotTrusted
from .identities import Identity, NotEnrolled, identity_in, link_identity, user_of
from .providers import CUSTOMERS, OpenIDProvider

log = logging.getLogger(__name__)
PROVED = "proved_identity"  # in the session: a customer without a sign-in, and the provider that vouches for them
UNTRUSTED, AWAY = 401, 503


def configured(provider_id: str) -> OpenIDProvider | None:
    """The provider of that id, as the settings name it."""
    return next((each for each in settings.OPENID_PROVIDERS if each.id == provider_id), None)


class Provider(OpenIDConnectProvider):
    """A provider of the settings. Nothing in the address of the sign-in changes what is asked of it."""

    supports_token_authentication = False  # a token that an app shows has no nonce of ours

    @property
    def entry(self) -> OpenIDProvider:
        """Its entry in the settings."""
        found = configured(self.app.provider_id)
        assert found is not None, "its app was made of the entry"
        return found

    def get_oauth2_adapter(self, request: HttpRequest) -> "Adapter":
        return Adapter(request, self.app.provider_id)

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Only where to go afterwards is taken from the request: no scope, no parameter, no other purpose."""
        kwargs = super().get_redirect_from_request_kwargs(request)
        return {"process": "login"} | ({"next_url": kwargs["next_url"]} if "next_url" in kwargs else {})

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Send the person to the provider, with a state, a PKCE challenge and a nonce of their own."""
        nonce = secrets.token_urlsafe(24)
        asked = {**self.entry.parameters, "nonce": nonce}
        if self.entry.acr_values:
            asked["acr_values"] = " ".join(self.entry.acr_values)
        return super().redirect(
            request, "login", next_url=next_url, auth_params=asked, scope=list(self.entry.scope), nonce=nonce
        )


class Adapter(OpenIDConnectOAuth2Adapter):
    """The exchange of the code for what the provider vouches for."""

    state: Mapping[str, Any]  # of this sign-in, put here by `Callback`

    @property
    def entry(self) -> OpenIDProvider:
        """The provider's entry in the settings."""
        found = configured(self.provider_id)
        if found is None:
            raise SocialApp.DoesNotExist
        return found

    @property
    def openid_config(self) -> dict[str, Any]:
        return calls.discovery_of(self.entry)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """At SITE_URL, whatever name the request came to."""
        return settings.SITE_URL + reverse("openid_connect_callback", args=[self.provider_id])

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        said = request.GET.get("iss")  # RFC 9207
        promised = self.openid_config.get("authorization_response_iss_parameter_supported") is True
        if (promised or said is not None) and said != self.openid_config["issuer"]:
            raise NotTrusted("other_issuer")
        found = calls.tokens_for(
            self.entry,
            code=request.GET.get("code", ""),
            verifier=pkce_code_verifier or "",
            callback_url=self.get_callback_url(request, app),
            by_header=self.basic_auth,
        )
        if not all(isinstance(found.get(name), str) for name in ("access_token", "id_token")):
            raise NotTrusted("token_not_whole")
        return found

    def parse_token(self, data: Mapping[str, Any]) -> SocialToken:
        """Nothing of the provider's tokens is stored."""
        return SocialToken()

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Verify the id token, ask for the rest where it does not say who the person is, and read the identity."""
        entry, response = self.entry, kwargs["response"]
        claims = tokens.verified_claims(
            response["id_token"],
            keys=lambda fresh: calls.keys_of(entry, fresh=fresh),
            issuer=self.openid_config["issuer"],
            client_id=entry.client_id,
            nonce=self.state.get("nonce", ""),
            access_token=response["access_token"],
            acr_values=entry.acr_values,
            now=time.time(),
        )
        if entry.claim not in claims:
            more = calls.person_of(entry, response["access_token"])
            if more and not (isinstance(more.get("sub"), str) and constant_time_compare(more["sub"], claims["sub"])):
                raise NotTrusted("other_person")
            claims = {**more, **claims}
        login = SocialLogin(
            provider=self.get_provider(), account=SocialAccount(provider=entry.id, uid=f"new:{secrets.token_hex(8)}")
        )
        login.identity = identity_in(entry, claims)
        return login


class Callback(OAuth2CallbackView):
    """allauth's, which hands the state of this sign-in to the adapter: the nonce is in it."""

    def _get_state(self, request: HttpRequest, provider: Provider) -> tuple[Any, HttpResponse | None]:
        state, answer = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, answer


class SocialAdapter(DefaultSocialAccountAdapter):
    """What allauth asks of the project: providers are those of the settings, and nobody signs up."""

    def serialize_instance(self, instance: Model) -> dict[str, Any]:
        """The columns of a row, for a sign-in that waits in the session; what was worked out from them stays behind."""
        columns = {field.attname for field in instance._meta.concrete_fields}
        bare = copy(instance)
        for name in [name for name in bare.__dict__ if name not in columns and not name.startswith("_")]:
            del bare.__dict__[name]
        return super().serialize_instance(bare)

    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """One for each entry of OPENID_PROVIDERS; none from the database."""
        wanted = [
            each
            for each in settings.OPENID_PROVIDERS
            if provider in (None, each.id, Provider.id) and client_id in (None, each.client_id)
        ]
        return [_app(each) for each in wanted]

    def list_providers(self, request: HttpRequest) -> list[Provider]:
        return [Provider(request=request, app=app) for app in self.list_apps(request)]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:
        return Provider(request=request, app=self.get_app(request, provider, client_id))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the person, or show why they do not get in. No address and no number of a provider decides by itself."""
        identity: Identity = sociallogin.identity
        try:
            user = user_of(identity)
            row = link_identity(user, identity)
        except NotEnrolled as unknown:
            raise ImmediateHttpResponse(_to_enrolment(request, identity, unknown)) from None
        except Refused as refusal:
            log.warning("openid_sign_in_refused provider=%s code=%s", identity.provider.id, refusal.code)
            raise ImmediateHttpResponse(error_page(request, identity.provider, refusal.code, str(refusal))) from None
        sociallogin.user, sociallogin.account, sociallogin.token = user, row, None
        counts = identity.has_second_factor and (identity.provider.serves != CUSTOMERS or not is_staff(user))
        sociallogin.has_second_factor = counts

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: Mapping[str, Any] | None = None,
    ) -> None:
        """Show a page of ours; whoever called it off is back at the sign-in."""
        if error == AuthError.CANCELLED:
            messages.info(request, _("You called the sign-in off: choose how to go on."))
            raise ImmediateHttpResponse(redirect("account_login"))
        code = getattr(exception, "code", "") or ("error_of_provider" if "error" in request.GET else "state_lost")
        log.warning("openid_sign_in_failed provider=%s code=%s", provider.entry.id, code)
        raise ImmediateHttpResponse(error_page(request, provider.entry, code))


def _app(entry: OpenIDProvider) -> SocialApp:
    return SocialApp(
        provider=Provider.id,
        provider_id=entry.id,
        name=entry.name,
        client_id=entry.client_id,
        secret=entry.client_secret,
        settings={"server_url": entry.server, "oauth_pkce_enabled": True},
    )


def _to_enrolment(request: HttpRequest, identity: Identity, unknown: NotEnrolled) -> HttpResponse:
    """Remember, for half an hour, whom the provider vouches for, and lead to the enrolment."""
    if request.user.is_authenticated:  # somebody else, in the same browser
        logout(request)
    request.session[PROVED] = {
        "customer": unknown.customer.pk,
        "provider": identity.provider.id,
        "email": identity.email,
        "at": int(time.time()),
    }
    return redirect("identity_enrolment")


def error_page(request: HttpRequest, provider: OpenIDProvider, code: str, sentence: str = "") -> HttpResponse:
    """Why the sign-in did not work, and what to do: 503 where the provider is away, else 401."""
    is_away = code == Away().code
    context = {"provider": provider, "code": code, "sentence": sentence, "is_away": is_away}
    status = AWAY if is_away else UNTRUSTED
    return render(request, "socialaccount/authentication_error.html", context, status=status)


# --- The second factor ---------------------------------------------------------------------------------------------
@receiver(user_logged_in, dispatch_uid="openid_connect.second_factor")
def _passed_at_provider(
    request: HttpRequest, user: User, sociallogin: SocialLogin | None = None, **_signal: object
) -> None:
    if getattr(sociallogin, "has_second_factor", False):
        request.session[PASSED] = user.pk
