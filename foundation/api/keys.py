"""Keys of programs: commands to make and revoke them, and the door that asks for them.

`Authorization: Bearer vc_<prefix>_<secret>`: the prefix finds the row, the digest of the secret is compared in constant
time. A key is no person: it has scopes and no permissions, and no rows are `visible_to` it.
"""

import hashlib
import secrets
import string
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from foundation.form_guard import allowed
from foundation.models import ApiKey, Scope
from foundation.refusals import Refused
from foundation.requests import Person
from foundation.text import clean_line

USED_AGAIN = timedelta(minutes=1)  # a key in constant use costs one write a minute
PREFIX_ALPHABET = string.ascii_lowercase + string.digits
LONGEST_HEADER = 200
NOBODYS_DIGEST = "0" * 64
WRONG_KEYS_SECONDS = 60


# --- Commands ---------------------------------------------------------------------------------------------------
def create_key(
    *,
    name: str,
    source: str,
    scopes: Collection[str],
    by: Person | None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Store a key and return it with the whole secret, which is never to be had again.

    Refused for a name that a key in force has, for no scope or an unknown one, for an end that has passed.
    """
    name, source = clean_line(name), clean_line(source)
    if not name or not source or len(name) > 80 or len(source) > 40:
        raise Refused(
            _("A key needs a name of up to 80 characters and a source of up to 40."), code="unnamed", field="name"
        )
    if not scopes:
        raise Refused(_("Say what the key may do: it has no scope."), code="no_scope", field="scopes")
    if unknown := set(scopes) - set(Scope.values):
        words = {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(Scope.values)}
        raise Refused(
            _("There is no scope %(unknown)s. The scopes are %(known)s.") % words, code="unknown_scope", field="scopes"
        )
    if expires_at is not None and expires_at <= timezone.now():
        raise Refused(_("The key would have expired already."), code="expired_already", field="expires_at")
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        name=name,
        source=source,
        prefix="".join(secrets.choice(PREFIX_ALPHABET) for _each in range(8)),
        digest=_digest(secret),
        scopes=[scope for scope in Scope.values if scope in scopes],
        expires_at=expires_at,
        created_by=by,
    )
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError as error:
        if "one_api_key_in_force_per_name" not in str(error):
            raise
        raise Refused(
            _("There is a key named “%(name)s” already: revoke it first, or choose another name.") % {"name": name},
            code="name_taken",
            field="name",
        ) from error
    return key, f"vc_{key.prefix}_{secret}"


@transaction.atomic
def revoke_key(key: ApiKey, *, by: Person | None) -> ApiKey:
    """End the key from the next request on, for good. Refused where it has been revoked. `by` is named by the history."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked_at is not None:
        raise Refused(_("This key has been revoked already."), code="already_revoked")
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    return key


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# --- The door ---------------------------------------------------------------------------------------------------
class KeyHolder(AnonymousUser):
    """The sender of a request with a key: known, but no person. `request.auth` is the key."""

    # Django's own class is that of nobody; this one is let in, and is no person all the same.
    is_authenticated = True  # type: ignore[assignment]
    is_anonymous = False  # type: ignore[assignment]

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    def __str__(self) -> str:
        return self.key.name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """A key has scopes, never permissions."""
        return False

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        """A key has scopes, never permissions."""
        return False

    def has_module_perms(self, module: str) -> bool:
        """A key has scopes, never permissions."""
        return False

    def has_role(self, names: Any) -> bool:
        """A key has no role."""
        return False


class ApiKeyAuthentication(BaseAuthentication):
    """Lets in whoever shows a key in force, and answers any other key with the reason (401).

    It leaves other schemes alone.

    REST framework asks this door before it counts requests, so wrong keys are counted here, by address: after many in a
    minute the answer is 429. A key in force is let in all the same: a neighbour's mistake stops no telephone platform.
    """

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        """The key's holder and the key; None where no key is shown."""
        scheme, _space, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        now = timezone.now()
        try:
            key = self._key_in_force(token.strip(), now)
        except AuthenticationFailed:
            most = settings.API_WRONG_KEYS_PER_MINUTE
            if most and not allowed(request, "api_key", most, WRONG_KEYS_SECONDS):
                raise Throttled(WRONG_KEYS_SECONDS, str(_("Too many wrong keys came from this address."))) from None
            raise
        note_use(key, now)
        return KeyHolder(key), key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="Vittoria Care"'

    def _key_in_force(self, token: bytes, now: datetime) -> ApiKey:
        key = self._key(token)
        if key.revoked_at is not None:
            raise AuthenticationFailed(_("This key has been revoked. Ask for another."), code="key_revoked")
        if key.expires_at is not None and key.expires_at <= now:
            raise AuthenticationFailed(_("This key has expired. Ask for another."), code="key_expired")
        return key

    def _key(self, token: bytes) -> ApiKey:
        parts = token.decode("latin-1").split("_", 2)
        if len(token) > LONGEST_HEADER or len(parts) != 3 or parts[0] != "vc" or not (parts[1] and parts[2]):
            raise AuthenticationFailed(
                _("The key is not in the form “Bearer vc_…_…”. Send it whole, as it was shown."), code="key_malformed"
            )
        key = _key_of(*parts[1:])
        if key is None:
            raise AuthenticationFailed(_("This key is not known."), code="key_unknown")
        return key


def _key_of(prefix: str, secret: str) -> ApiKey | None:
    """The key with this secret. Who does not hold it learns nothing about the key, not even that there is one."""
    plausible = len(prefix) == 8 and set(prefix) <= set(PREFIX_ALPHABET)
    key = ApiKey.objects.filter(prefix=prefix).first() if plausible else None
    holds = constant_time_compare(_digest(secret), key.digest if key else NOBODYS_DIGEST)
    return key if holds else None


def key_in_force(token: str, now: datetime) -> ApiKey | None:
    """The key of a whole secret, “vc_<prefix>_<secret>”, if it is in force."""
    parts = token.split("_", 2)
    if len(token) > LONGEST_HEADER or len(parts) != 3 or parts[0] != "vc":
        return None
    key = _key_of(*parts[1:])
    return key if key is not None and ApiKey.objects.in_use(now).filter(pk=key.pk).exists() else None


def note_use(key: ApiKey, now: datetime) -> None:
    """Write down that the key was used: once in a minute."""
    before = now - USED_AGAIN
    if key.last_used_at is None or key.last_used_at <= before:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=before)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


class SignedIn(BasePermission):
    """A person who has signed in: what the API asks where a door asks nothing else. It refuses keys: they need a scope."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether a person is there."""
        return bool(request.user and request.user.is_authenticated) and not isinstance(request.auth, ApiKey)


def HasScope(scope: str) -> type[BasePermission]:
    """The permission of a door for programs: a key that has the scope. Others are refused with 403, nobody with 401."""
    needed = Scope(scope)

    class NeedsScope(BasePermission):
        """A key with the scope."""

        scope = needed
        code = "scope_missing"

        @property
        def message(self) -> str:
            """The reason, in the reader's language."""
            return _("This address is for keys with the scope %(scope)s.") % {"scope": needed.value}

        def has_permission(self, request: Request, view: Any) -> bool:
            """Whether the request's key has the scope."""
            return isinstance(request.auth, ApiKey) and needed in request.auth.scopes

    return NeedsScope


# --- How the schema describes it -----------------------------------------------------------------------------------
class ApiKeyScheme(OpenApiAuthenticationExtension):
    """Describes the key in the OpenAPI schema, and names at each operation the scope it asks for."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "vc_<prefix>_<secret>",
            "description": "The key of a platform, made by an administrator in the back office and shown once.",
        }

    def get_security_requirement(  # type: ignore[override]  # None is what the library leaves out of the schema
        self, auto_schema: Any
    ) -> dict[str, list[str]] | None:
        """The scopes of the view; None for a view that no key opens."""
        scopes = [scope for each in auto_schema.view.get_permissions() for scope in _scopes(each)]
        return {self.name: scopes} if scopes else None


def _scopes(permission: Any) -> Iterator[str]:
    if hasattr(permission, "scope"):
        yield permission.scope.value
    for part in ("op1", "op2"):  # a permission made of two by & or |
        if hasattr(permission, part):
            yield from _scopes(getattr(permission, part))
