"""Sign-in: nobody opens an account by signing up; everybody lands on the page of their work."""

import time
from datetime import datetime, timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import clear_authentication_records
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import is_headless_request
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers import roles
from customers.models import User
from foundation.network_address import address_of
from foundation.requests import signed_in_user

from .events import report_new_device
from .forms import REMEMBER
from .known_devices import known_device, note_device
from .mail import addresses_of_late, mail_about_sign_in, queue_mail
from .passkeys import NOT_ACCEPTED, offer_passkey, used_one_that_needs_more
from .second_factor import has_second_factor, is_staff

LOGIN_CODE = "account/email/login_code"
# E-mails that anybody causes by typing an address: limited in a day for each mailbox.
TYPED = ("account/email/password_reset_key", "account/email/unknown_account", LOGIN_CODE)


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

    # --- Signing in
    def get_login_stages(self) -> list[str]:
        """The steps after a password, a code or a passkey: the second factor, with the box that remembers a device on its page."""
        return ["allauth.account.stages.LoginByCodeStage", "vittoria_care.sign_in.stages.SecondFactorStage"]

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        """Let nobody in by a passkey that is no proof alone, whatever page or program asked."""
        if used_one_that_needs_more(request, user):
            clear_authentication_records(request)
            messages.error(request, str(NOT_ACCEPTED))
            return redirect("account_login")
        return super().pre_login(request, user, **options)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign the person in, and notice whether it is for the first time: nobody needs to be warned of that."""
        self.is_first = user.last_login is None
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Note the device of the person who signed in, and report one that was not known.

        The app keeps no cookie and stays signed in for weeks: each sign-in of it is news.
        """
        response = super().post_login(request, user, **options)
        if is_headless_request(request):
            if not self.is_first:
                report_new_device(request, user)
            return response
        wanted = request.session.pop(REMEMBER, False) and has_second_factor(user)
        device, is_new = note_device(request, response, user, until=_remembered_until(user) if wanted else None)
        if is_new and not self.is_first:
            report_new_device(request, user)
        offer_passkey(request, device)
        return response

    # --- Wrong passwords (docs/operations.md)
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

    def takes_no_password(self, email: str) -> bool:
        """Whether so many passwords of the account were wrong that none is taken for some minutes. Looks, and counts nothing."""
        key, [rate] = (
            super()._get_login_attempts_cache_key(self.request, email=email),
            ratelimit.parse_rates(settings.LOCKED_OUT_AFTER),
        )
        counted = ratelimit.get_cache_key(
            self.request, app="allauth.account", action="login_failed", rate=rate, key=key
        )
        allowed, _history = ratelimit.apply_rate(cache.get(counted, []), time.time(), rate, dry_run=True)
        return not allowed

    def forget_wrong_passwords(self, email: str) -> None:
        """Take passwords for the account again."""
        self._delete_login_attempts_cached_email(self.request, email=email)

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

    # --- What is written to people
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the e-mail instead of sending it: the outbox sends it, and shows the result."""
        mail = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        is_code = template_prefix == LOGIN_CODE
        lasts = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
        queue_mail(
            email,
            subject=mail.subject,
            text=mail.body,
            user=User.objects.filter(email=email.lower()).first() if is_code else context.get("user"),
            language=get_language() or "it",
            # Whoever fills a mailbox with codes does not keep its owner out on a device of theirs.
            is_typed=template_prefix in TYPED and not (is_code and known_device(self.request, email)),
            expires_at=timezone.now() + lasts if is_code else None,
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Report what changed of a sign-in to the person, in their language, also at addresses they had lately."""
        words = {"user": user, "timestamp": timezone.now(), "ip": self.get_client_ip(self.request), **(context or {})}
        with translation.override(user.language):
            for address in sorted({email} if email else addresses_of_late(user)):
                self.send_mail(template_prefix, address, words)


def _remembered_until(user: User) -> datetime:
    """Until when a device that is remembered now asks for no second factor: of staff, no longer than a working day."""
    lasts = (
        timedelta(hours=settings.STAFF_REMEMBERED_HOURS)
        if is_staff(user)
        else timedelta(days=settings.CUSTOMER_REMEMBERED_DAYS)
    )
    return timezone.now() + lasts


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


@login_required
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a manager or auditor to the figures, other staff to the back office, customers to the reserved area."""
    user = signed_in_user(request)
    if user.has_role([roles.MANAGER, roles.AUDITOR]):
        return redirect("figures")
    return redirect("admin:index" if user.is_staff else "reserved_area")


@login_required
def sign_in_address(request: HttpRequest) -> HttpResponse:
    """In place of allauth's page of addresses: customers have their own, staff's address is changed by an administrator."""
    return redirect("after_sign_in" if request.user.is_staff else "portal_sign_in_address")
