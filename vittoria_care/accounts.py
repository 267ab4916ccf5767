"""Sign-in: nobody opens an account by signing up; everybody lands on the page of their work."""

import time
import uuid
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language

from customers import roles
from customers.models import User
from customers.network_address import address_of
from notifications.account_kinds import ACCOUNT_MAIL
from notifications.models import Notice
from notifications.services import queue_notice


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks of the project."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from enrolment in the reserved area or from an administrator."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that attempts are counted by: the same as for every form."""
        return address_of(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the e-mail: where the site says it is, whatever name the request came to."""
        placeholder = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + placeholder.replace("UID-KEY", key)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again, but not of who gave it within the last five minutes."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] >= app_settings.REAUTHENTICATION_TIMEOUT

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe the e-mail instead of sending it: the outbox sends it, and shows what became of it."""
        said = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        _queue(email, subject=said.subject, text=said.body, user=context.get("user"), language=get_language() or "it")


def mail_about_sign_in(user: User, *, subject: str, text: str) -> Notice:
    """Tell somebody by e-mail what happened to their sign-in."""
    return _queue(user.email, subject=subject, text=text, user=user, language=user.language)


@transaction.atomic
def _queue(address: str, *, subject: str, text: str, user: User | None, language: str) -> Notice:
    once, words = f"account-mail:{uuid.uuid4()}", {"subject": subject, "text": text}
    return queue_notice(ACCOUNT_MAIL, once=once, words=words, user=user, address=address, language=language)


@login_required
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a manager or auditor to the figures, other staff to the back office, customers to the reserved area."""
    if request.user.has_role([roles.MANAGER, roles.AUDITOR]):
        return redirect("figures")
    return redirect("admin:index" if request.user.is_staff else "reserved_area")


@login_required
def sign_in_address(request: HttpRequest) -> HttpResponse:
    """In place of allauth's page of addresses: the one a person signs in with is changed by the customer service."""
    return redirect("after_sign_in" if request.user.is_staff else "portal_profile")
