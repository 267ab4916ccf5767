"""The steps between a password, a code by e-mail or a passkey and the first page, as allauth runs them."""

from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.http import HttpRequest

from .known_devices import is_remembered
from .second_factor import has_second_factor


class SecondFactorStage(AuthenticateStage):
    """Asks for the second factor of those who have one, but on a remembered device and after a passkey.

    allauth would ask it of everybody who has a passkey: of a customer who added one to get in with fewer steps as well.
    """

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if user is None or not has_second_factor(user):
            return False
        identity = (self.login.signal_kwargs or {}).get("sociallogin")
        if getattr(identity, "has_second_factor", False):  # the provider's stands for ours (OPENID_PROVIDERS)
            return False
        return not (did_use_passwordless_login(request, user) or is_remembered(request, user))
