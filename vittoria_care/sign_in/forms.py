"""What the pages of signing in ask, where allauth's own forms ask too little, or say too little of what is wrong."""

from collections.abc import Callable
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import get_totp_secret
from allauth.mfa.utils import decrypt
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customers.models import User

from .clocks import hours_behind
from .known_devices import known_device

REMEMBER = "remember_device"  # in the session: the person asks that this device be remembered
WRONG_CODE = _(
    "This code is not right, or not any more: each is good for half a minute, and once. If the app shows it now, the clock of "
    "your telephone is wrong: let it set date and time by itself, then write the next code."
)
TOO_MANY_CODES = _(
    "So many codes were asked for this address that we send no other for now. Sign in with your password, or try again "
    "tomorrow."
)


# --- The code of an authenticator app
def _in_words(check: Callable[[], str], secret: Callable[[], str], code: str) -> str:
    """What `check` returns of the code; where it refuses, the refusal in words. `secret` is the app's."""
    try:
        return check()
    except ValidationError as error:
        if getattr(error, "code", "") != "incorrect_code":
            raise
        hours = hours_behind(kept, code) if (kept := secret()) else 0
        if not hours:
            raise ValidationError(WRONG_CODE, code="incorrect_code") from error
        text = ngettext(
            "This code is of an earlier time: the clock of your telephone is about %(hours)d hour late. Let the telephone set "
            "date and time by itself, then write the code that the app shows.",
            "This code is of an earlier time: the clock of your telephone is about %(hours)d hours late. Let the telephone set "
            "date and time by itself, then write the code that the app shows.",
            hours,
        )
        raise ValidationError(text % {"hours": hours}, code="clock_behind") from error


def _secret_of(user: User) -> str:
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return decrypt(app.data["secret"]) if app else ""


class CodeForm(AuthenticateForm):
    """The second factor at a sign-in, and whether to ask it again on this device."""

    remember = forms.BooleanField(
        label=_("Remember this device: do not ask for a second factor on it for a while"),
        help_text=_("Only on a device that nobody else uses."),
        required=False,
    )

    def clean_code(self) -> str:
        """The code; refused in words."""
        return _in_words(super().clean_code, lambda: _secret_of(self.user), self.cleaned_data["code"])

    def save(self) -> None:
        """Note in the session what was chosen: the device is remembered when the sign-in is complete."""
        super().save()
        context.request.session[REMEMBER] = self.cleaned_data["remember"]


class CodeAgainForm(ReauthenticateForm):
    """The second factor once more, before something that concerns the sign-in."""

    def clean_code(self) -> str:
        """The code; refused in words."""
        return _in_words(super().clean_code, lambda: _secret_of(self.user), self.cleaned_data["code"])


class SetUpAppForm(ActivateTOTPForm):
    """The first code of an authenticator app."""

    def clean_code(self) -> str:
        """The code; refused in words."""
        return _in_words(super().clean_code, get_totp_secret, self.cleaned_data["code"])


# --- The code that comes by e-mail
class AskForCodeForm(RequestLoginCodeForm):
    """To which address a code goes. The sign-in page calls it `login`."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None and "email" not in data and "login" in data:
            data = data.copy()
            data["email"] = data["login"]
        super().__init__(data, *args, **kwargs)

    def clean_email(self) -> str:
        """The address, whosever it is: what is said does not tell whether somebody signs in with it.

        Strangers who ask again and again leave the person their own device: it is counted apart.
        """
        email = self.cleaned_data["email"]
        users = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
        device = known_device(context.request, email)
        key = f"{email.lower()}:{device}" if device else email.lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=key):
            raise ValidationError(TOO_MANY_CODES, code="too_many_codes")
        self._user = users[0] if users else None
        return email


class CodeByMailForm(ConfirmLoginCodeForm):
    """The code that came by e-mail."""

    def clean_code(self) -> str:
        """The code; refused in words."""
        try:
            return super().clean_code()
        except ValidationError as error:
            tries = settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS
            text = ngettext(
                "This is not the code of our latest e-mail. After %(tries)d wrong code you ask for another.",
                "This is not the code of our latest e-mail. After %(tries)d wrong codes you ask for another.",
                tries,
            )
            raise ValidationError(text % {"tries": tries}, code="incorrect_code") from error
