"""What follows a sign-in, a new password or a changed second factor: sessions and devices are kept true, the person is informed."""

import time

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.core.internal.httpkit import is_headless_request
from allauth.mfa.signals import authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.agents.states import note_sign_in, note_sign_out
from customers.models import KnownDevice, User
from customers.sessions import ROW, begin_session, end_other_sessions, end_session, give_key, note_seen
from customers.user_agents import device_in_words
from foundation.network_address import address_of
from foundation.requests import signed_in_user
from foundation.templatetags.dates import written_moment

from .known_devices import forget_all_remembered, keep_one_device
from .mail import addresses_of_late, mail_about_sign_in

SEEN = "session_seen_at"  # in the session: when its row in the list was last brought up to date, in seconds
EVERY_SECONDS = 60


# --- Sessions
@receiver(user_logged_in, dispatch_uid="sessions.began")
def _began(request: HttpRequest, user: User, **_signal: object) -> None:
    request.session[SEEN] = int(time.time())
    if not request.session.session_key:
        request.session.save()
    request.session[ROW] = begin_session(
        user,
        session_key=str(request.session.session_key),
        address=address_of(request) if request.META.get("REMOTE_ADDR") else "",
        user_agent=request.headers.get("User-Agent", ""),
        is_app=is_headless_request(request) == "app",
    )
    if user.is_staff:
        note_sign_in(user)


@receiver(user_logged_out, dispatch_uid="sessions.ended")
def _ended(request: HttpRequest, user: User | None, **_signal: object) -> None:
    if user is not None and (row := request.session.get(ROW)) is not None:
        end_session(user, row)
        if user.is_staff:
            note_sign_out(user)


def follow_session(request: HttpRequest) -> None:
    """Bring the row of the session up to date, once a minute at most: when and from where it was used."""
    now = int(time.time())
    if now - request.session.get(SEEN, 0) < EVERY_SECONDS:
        return
    where = {"address": address_of(request), "user_agent": request.headers.get("User-Agent", "")}
    request.session[SEEN] = now
    if not note_seen(request.session.get(ROW), **where):  # a session from before there was a list
        _began(request, signed_in_user(request))


@receiver([password_changed, password_set, password_reset], dispatch_uid="sessions.password")
def _chose_a_password(request: HttpRequest, user: User, **_signal: object) -> None:
    """End every other session, and forget devices that signed in with the password before."""
    row = request.session.get(ROW) if request.user == user else None
    end_other_sessions(user, but=row)
    keep_one_device(request, user)
    if row is not None:
        give_key(row, str(request.session.session_key))  # Django gave the session another one


# --- What is remembered
@receiver(authenticator_removed, dispatch_uid="known_devices.second_factor")
def _second_factor_removed(user: User, **_signal: object) -> None:
    """A telephone that was lost may be a remembered device as well: none is, from now on."""
    forget_all_remembered(user)


# --- What the person is informed of
def report_new_device(request: HttpRequest, user: User) -> None:
    """Inform the person of a sign-in from a device that was not known, at every address of the last thirty days."""
    with translation.override(user.language):
        text = _(
            "Somebody, we hope you, signed in from a device that we did not know: %(device)s. When: %(when)s. From the network "
            "address %(address)s.\n\nIf it was you, there is nothing to do. If it was not, choose a new password at once from "
            "the sign-in page, which ends every session, and call one of the toll-free numbers."
        ) % {
            "device": device_in_words(request.headers.get("User-Agent", "")),
            "when": written_moment(timezone.now()),
            "address": address_of(request),
        }
        _report(user, subject=_("A sign-in from a new device"), text=text)


def report_forgotten_device(device: KnownDevice) -> None:
    """Inform the person that a device asks for the second factor again, at every address of the last thirty days."""
    with translation.override(device.user.language):
        text = _(
            "%(device)s is no longer one of your remembered devices: the next sign-in on it asks for the second factor. When: "
            "%(when)s.\n\nIf it was you, there is nothing to do. If it was not, choose a new password at once from the sign-in "
            "page, and call one of the toll-free numbers."
        ) % {"device": device_in_words(device.user_agent), "when": written_moment(timezone.now())}
        _report(device.user, subject=_("A remembered device was taken away"), text=text)


def _report(user: User, *, subject: str, text: str) -> None:
    for address in sorted(addresses_of_late(user)):
        mail_about_sign_in(user, subject=subject, text=text, address=address)
