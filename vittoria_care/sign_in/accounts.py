"""Sign-in: nobody opens an account by signing up; everybody lands on the page of their work."""

import time
import uuid
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers import roles
from customers.models import User
from foundation.network_address import address_of
from foundation.requests import signed_in_user
from notifications.account_kinds import ACCOUNT_MAIL
from notifications.models import Notice
from notifications.services import queue_notice

from .known_devices import known_device, remember

# E-mails that anybody causes by typing an address: limited in a day for each mailbox.
TYPED = ("account/email/password_reset_key", "account/email/unknown_account")


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks of the project."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from enrolment in the reserved area or from an administrator."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that attempts are counted by: the same as for every form."""
        return address_of(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the e-mail: at SITE_URL, whatever name the request came to."""
        placeholder = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + placeholder.replace("UID-KEY", key)

    # --- Wrong passwords (docs/decisions/sign-in-limits.md)
    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Remember the device of the person who signed in."""
        response = super().post_login(request, user, **options)
        remember(request, response, user)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The key that counts wrong passwords of an account: one of its own for a device that signed in before."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        device = known_device(request, credentials.get("email", ""))
        return f"{key}:{device}" if device else key

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Forget what was counted, on this device and elsewhere, after a new password."""
        super()._delete_login_attempts_cached_email(request, **credentials)
        key = super()._get_login_attempts_cache_key(request, **credentials)
        ratelimit.clear(request, app="allauth.account", action="login_failed", key=key)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Inform the person, at most once a day, that their account accepts no password for a while."""
        super().authentication_failed(request, **credentials)
        key = self._get_login_attempts_cache_key(request, **credentials)
        if not _within(request, "login_failed", settings.LOCKED_OUT_AFTER, key, dry_run=True):
            user = User.objects.filter(email=credentials.get("email", "").strip().lower(), is_active=True).first()
            if user is not None and _within(
                request, "lock_out_mail", settings.ACCOUNT_RATE_LIMITS["lock_out_mail"], str(user.pk)
            ):
                _report_wrong_passwords(user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again, unless the person gave it within the last five minutes."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] >= app_settings.REAUTHENTICATION_TIMEOUT

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the e-mail instead of sending it: the outbox sends it, and shows the result."""
        mail = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        _queue(
            email,
            subject=mail.subject,
            text=mail.body,
            user=context.get("user"),
            language=get_language() or "it",
            is_typed=template_prefix in TYPED,
        )


def _within(request: HttpRequest, action: str, rate: str, key: str, *, dry_run: bool = False) -> bool:
    """Count one more of the action under the key (or only look); returns whether it is within the rate."""
    config = {action: rate}
    return bool(
        ratelimit.consume(request, app="allauth.account", action=action, config=config, key=key, dry_run=dry_run)
    )


def _report_wrong_passwords(user: User) -> None:
    with translation.override(user.language):
        mail_about_sign_in(
            user,
            subject=_("Wrong passwords for your sign-in"),
            text=_(
                "Somebody typed a wrong password for your sign-in five times within a few minutes. For five minutes no "
                "password is taken for it, except on devices from which you signed in before.\n\n"
                "If it was you: wait five minutes, or choose a new password on the sign-in page.\n\n"
                "If it was not you: nobody got in, and there is nothing you need to do. A second factor, which you set up "
                "under your profile, keeps out even somebody who knows your password. We write this at most once a day."
            ),
        )


def mail_about_sign_in(user: User, *, subject: str, text: str, address: str = "") -> Notice:
    """Inform a person by e-mail of what happened to their sign-in; at `address`, if given, instead of their own."""
    return _queue(address or user.email, subject=subject, text=text, user=user, language=user.language)


@transaction.atomic
def _queue(
    address: str, *, subject: str, text: str, user: User | None, language: str, is_typed: bool = False
) -> Notice:
    return queue_notice(
        ACCOUNT_MAIL,
        once=f"account-mail:{uuid.uuid4()}",
        words={"subject": subject, "text": text},
        user=user,
        address=address,
        language=language,
        is_typed=is_typed,
    )


@login_required
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a manager or auditor to the figures, other staff to the back office, customers to the reserved area."""
    user = signed_in_user(request)
    if user.has_role([roles.MANAGER, roles.AUDITOR]):
        return redirect("figures")
    return redirect("admin:index" if user.is_staff else "reserved_area")


@login_required
def sign_in_address(request: HttpRequest) -> HttpResponse:
    """In place of allauth's page of addresses: the one a person signs in with is changed by the customer service."""
    return redirect("after_sign_in" if request.user.is_staff else "portal_profile")
