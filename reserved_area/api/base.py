"""What every address of the app's API shares: who is asking, for whom, with which app; ETags, pages and what has changed.

    class Policies(ListView):
        serializer, order = PolicyRow, ("-ends_on", "-pk")

        def rows(self) -> QuerySet: ...

    class CallBacks(MeView):
        right = Right.ASK                                 # of a door that changes something

        @idempotent("me:call-backs")
        def post(self, request: MeRequest) -> Response: ...

An address answers about one customer: `request.customer`, for whom `request.account` stands, as on the pages. Nothing of
anybody else is in reach (`visible_to`), so the identifier of somebody else's row is not found.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows, is_reauthentication_required
from django.conf import settings
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    NotAuthenticated,
    NotFound,
    PermissionDenied,
    ValidationError,
)
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from customers.acting import HEADER, accounts_for, chosen_in, note_use
from customers.models import Customer, ReservedAreaAccount, User
from customers.models.account import Right
from customers.visibility import look_as_customer
from foundation.api.changes import PARAMETER as CHANGED_SINCE
from foundation.api.changes import Moment, changed_since, moment_now, moment_of
from foundation.api.conditional import ConditionalView, tag_of
from foundation.api.paging import CURSOR, LARGEST_PAGE, LIMIT, PAGE, CursorPages
from foundation.api.strict import StrictView
from foundation.api.throttles import PersonThrottle
from foundation.files.keeping import KeptFile, attachment_response

TOKEN, APP_VERSION = "X-Session-Token", "X-App-Version"
VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}")


class MeRequest(Request):
    """A request of somebody who is enrolled, about one customer's file. `MeView` sets the attributes."""

    user: User
    account: ReservedAreaAccount
    customer: Customer
    can_change: bool


# --- Who is asking ----------------------------------------------------------------------------------------------------
class PersonAuthentication(SessionAuthentication):
    """The person of an app's token, or of a page's session.

    vittoria_care/sign_in/app_sessions.py has put the token's session into the request, so that its limits, the second
    factor of staff and the history's author are those of every request. A token comes in a header that no other site can
    have a browser send; a page's session needs the key of its forms.
    """

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """The person; None where nobody has signed in."""
        user = request._request.user
        if not user.is_authenticated and TOKEN in request.headers:
            raise AuthenticationFailed(_("This sign-in has ended: please sign in again."), code="signed_out")
        if not user.is_authenticated:
            return None
        if TOKEN not in request.headers:
            self.enforce_csrf(request)
        return user, None

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return f'{TOKEN} realm="Vittoria Care"'


class PersonScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI schema names the token."""

    target_class = "reserved_area.api.base.PersonAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """A header with the token of a sign-in."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": TOKEN,
            "description": "The token that the sign-in of the app answered with (`meta.session_token`).",
        }


class FreshProofRequired(PermissionDenied):
    """What is asked needs a password or a code given lately; `reauthenticate` are the addresses that take one."""

    def __init__(self, request: Request) -> None:
        super().__init__(_("Confirm that it is you: give your password or a code again."), code="fresh_proof_required")
        flows = get_reauthentication_flows(request.user)
        self.members = {"reauthenticate": [flow["id"] for flow in flows]}


def require_fresh_proof(request: Request) -> None:
    """Let a write go on where the person proved lately who they are; otherwise FreshProofRequired (403).

    For what an unlocked telephone in the wrong hands must not do: have money paid out, change an address or who has access.
    """
    if is_reauthentication_required(request._request, app="reserved_area"):
        raise FreshProofRequired(request)


# --- With which app -----------------------------------------------------------------------------------------------------
class AppTooOld(APIException):
    """This version of the app is no longer answered; `update_url` says where there is a newer one."""

    status_code = 410
    default_code = "app_too_old"

    def __init__(self) -> None:
        super().__init__(_("This version of the app is too old: update it, then go on where you were."))
        self.members = {"update_url": settings.APP_UPDATE_URL, "least_version": settings.APP_LEAST_VERSION}


def version_of(text: str) -> tuple[int, ...]:
    """The numbers of a version, so that 4.10 is above 4.9 and 4.9.0 is 4.9; ValueError for what is none."""
    if not VERSION.fullmatch(text):
        raise ValueError(text)
    numbers = [int(part) for part in text.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def is_ending(version: str) -> bool:
    """Whether this version is below the least one. It is still answered until APP_VERSIONS_END_ON."""
    least = settings.APP_LEAST_VERSION
    return bool(version and least) and version_of(version) < version_of(least)


def ends_on() -> date | None:
    """The day from which versions below the least one are answered no more; None for at once."""
    return settings.APP_VERSIONS_END_ON


class RightMissing(PermissionDenied):
    """The person may look, and not do this for the customer; `right` is what they lack."""

    def __init__(self, right: Right) -> None:
        words = {"right": right.label}
        super().__init__(
            _("You may not do this for whom you act: you lack the right “%(right)s”.") % words, "right_missing"
        )
        self.members = {"right": right.value}


# --- The door -------------------------------------------------------------------------------------------------------------
HEADERS = [
    OpenApiParameter(
        HEADER,
        {"type": "integer", "minimum": 1, "maximum": 10**18},
        OpenApiParameter.HEADER,
        description="Whom to act for, of those that `me/` names; without it, oneself.",
    ),
    OpenApiParameter(
        APP_VERSION,
        {"type": "string", "pattern": f"^{VERSION.pattern}$"},
        OpenApiParameter.HEADER,
        description="Version of the app, as in 4.12.1. One that is too old gets 410 `app_too_old`.",
    ),
    OpenApiParameter(
        "Accept-Language",
        {"type": "string"},
        OpenApiParameter.HEADER,
        description="`it` or `en`: the language of labels and sentences. Without it, the customer's.",
    ),
]


class MeSchema(AutoSchema):
    """An operation of the app in the OpenAPI schema, with the headers that all of them take."""

    def get_override_parameters(self) -> list[Any]:
        """The headers; and of a list its parameters."""
        listed = self._list()
        return [*HEADERS, *(listed.page_parameters if listed is not None else [])]

    def get_response_serializers(self) -> Any:
        """Of a list, a page of its rows; else what the operation says."""
        listed = self._list()
        return page_of(listed.serializer) if listed is not None else super().get_response_serializers()

    def _list(self) -> "ListView | None":
        return self.view if isinstance(self.view, ListView) and self.method == "GET" else None

    def get_tags(self) -> list[str]:
        """All of the app's addresses together."""
        return ["me"]


class MeView(ConditionalView, StrictView):
    """An address of the app: for people who are enrolled, about the file of the customer they act for, and nobody else's.

    401 `not_authenticated` or `signed_out`; 403 `no_account`, `account_suspended`, `account_closed`, or `right_missing`
    where the person may not do this for the customer; 404 for an account in X-Acting-For that is not theirs; 410
    `app_too_old`. `right` is what the person must be allowed to do for the customer where they change something, and with
    `right_to_read` to look as well; an heir is let in `for_heirs` alone (403 `not_for_heirs`).
    """

    authentication_classes = [PersonAuthentication]
    permission_classes: Sequence[Any] = ()
    throttle_classes = [PersonThrottle]
    schema = MeSchema()
    right: Right | None = None
    right_to_read = False
    for_heirs = False
    request: MeRequest

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who is asking, for whom and with which app; then the parameters."""
        self.app_version = _version_sent(request)
        if is_ending(self.app_version) and ((last := ends_on()) is None or timezone.localdate() >= last):
            raise AppTooOld
        super().initial(request, *args, **kwargs)

    def check_permissions(self, request: Request) -> None:
        """Let in a person who is enrolled, about the customer they act for."""
        super().check_permissions(request)
        if not request.user or not request.user.is_authenticated:
            raise NotAuthenticated(_("Sign in first."), code="not_authenticated")
        account, can_change = _account_of(request)
        for each in (request, request._request):
            each.account, each.customer, each.can_change = account, account.customer, can_change  # type: ignore[attr-defined]
        look_as_customer(request.user, account.customer_id, account.customer.joined_ids)
        note_use(account, now=timezone.now())
        if account.is_of_heir and not self.for_heirs:
            raise PermissionDenied(_("This is not open to heirs."), code="not_for_heirs")
        wants_right = self.right_to_read or request.method not in SAFE_METHODS
        if self.right is not None and wants_right and not account.may(self.right):
            raise RightMissing(self.right)
        if "Accept-Language" not in request.headers and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(account.customer.language)

    def kept_file(self, row: KeptFile) -> HttpResponseBase:
        """A file that somebody sent, as a stream of its bytes; 304 for a caller who has it."""
        tag = f'"{row.sha256}"'
        if (already := self.answered_already(self.request, tag)) is not None:
            return already
        answer = attachment_response(row)
        answer["ETag"] = tag
        return answer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer, which nobody else may keep, and the end of this version of the app where it has one."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.setdefault("Cache-Control", "private, no-store")
        patch_vary_headers(response, (TOKEN, HEADER))
        if is_ending(getattr(self, "app_version", "")) and (last := ends_on()) is not None:
            since = settings.APP_VERSIONS_END_SINCE or timezone.localdate()
            response["Deprecation"] = f"@{_midnight(since)}"  # RFC 9745
            response["Sunset"] = http_date(_midnight(last))  # RFC 8594
            response["Link"] = f'<{settings.APP_UPDATE_URL}>; rel="deprecation"'
        return response


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())


def _version_sent(request: Request) -> str:
    sent = request.headers.get(APP_VERSION, "").strip()
    if sent and not VERSION.fullmatch(sent):
        raise ValidationError({APP_VERSION: [_("Write the version in numbers, as in 4.12.1.")]})
    return sent


def _account_of(request: Request) -> tuple[ReservedAreaAccount, bool]:
    """The account that the person acts by, and whether they have others; 404 where X-Acting-For names none of theirs, 403 where theirs is not open."""
    chosen = request.headers.get(HEADER)
    asked = chosen_in(request._request) if chosen is None else chosen
    found = accounts_for(request.user, asked)
    if found and (asked is None or str(found[0].pk) == str(asked).strip()):
        return found[0], len(found) > 1
    if chosen is not None:
        raise NotFound(_("You do not act for this account."), code="acting_for_unknown")
    last = ReservedAreaAccount.objects.filter(user=request.user.pk).order_by("pk").last()
    if last is None:
        raise PermissionDenied(_("This sign-in has no place in the reserved area: enrol first."), code="no_account")
    code = "account_suspended" if last.state == ReservedAreaAccount.State.SUSPENDED else "account_closed"
    raise PermissionDenied(_("Your account is not open: call one of the toll-free numbers."), code=code)


# --- Fields that many answers have ------------------------------------------------------------------------------------------
@extend_schema_field({"type": "string", "format": "uri-reference"})
class LinkField(serializers.Field):
    """The address of a resource of this API or of a page, by its name and the row's id."""

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        super().__init__(read_only=True, **{"source": "pk", **options})

    def to_representation(self, value: Any) -> str:
        """The address without the site's name."""
        return reverse(self.name, args=[value])


class MoneyField(serializers.DecimalField):
    """Euro with two decimals, as a text: "1234.50"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **options)


# --- Lists ------------------------------------------------------------------------------------------------------------------
class ListView(MeView):
    """A list by pages, and with `changed_since` what has changed in it since an earlier answer.

    A row counts as changed where it was written itself, or one of the rows that it is shown with (`shown_with`: querysets
    of the rows that changed, by the path that leads to them from the list's own). `filters` are further parameters, with what
    the schema says of each.
    """

    filters: Mapping[str, Any] = {}
    serializer: type[Serializer]
    order: tuple[str, ...] = ("-pk",)
    follows_changes = True

    def rows(self) -> QuerySet:
        """What the person may see of it, joined with what a row shows."""
        raise NotImplementedError

    def shown_with(self) -> Mapping[str, QuerySet]:
        """Rows that are shown with the list's own: path from one of these to their key, and the rows."""
        return {}

    def shown(self, rows: list[Any]) -> list[Any]:
        """What the serializer is given for the rows of a page."""
        return rows

    @property
    def parameters(self) -> tuple[str, ...]:  # type: ignore[override]  # what follows from the method and the list
        """Of a page those of the list; what is sent to the same address takes none."""
        if self.request.method not in SAFE_METHODS:
            return ()
        return (CURSOR, LIMIT, *((CHANGED_SINCE,) if self.follows_changes else ()), *self.filters)

    @property
    def page_parameters(self) -> list[OpenApiParameter]:
        """What the schema says of the parameters."""
        found = [
            OpenApiParameter(CURSOR, str, description="Of the address that the page before gave as `next`."),
            OpenApiParameter(
                LIMIT,
                {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE},
                description=f"Rows, {PAGE} by default.",
            ),
        ]
        if self.follows_changes:
            found.append(
                OpenApiParameter(
                    CHANGED_SINCE,
                    str,
                    description="The `changes` of an earlier answer: only what was written since comes, with the ids of all.",
                )
            )
        return [*found, *(OpenApiParameter(name, schema) for name, schema in self.filters.items())]

    def get(self, request: MeRequest) -> Response:
        """A page of the list."""
        rows = self.rows()
        answer: dict[str, Any] = {"next": None, "changes": None, "present": None}
        if self.follows_changes:
            now, asked = moment_now(), request.query_params.get(CHANGED_SINCE)
            if asked is not None:
                before = moment_of(asked, now=now)
                answer["present"] = list(rows.order_by("pk").values_list("pk", flat=True))
                rows = self._changed(rows, before)
            if CURSOR not in request.query_params:
                answer["changes"] = now.token()
        found, following = CursorPages().read(rows, request, self.order)
        answer |= {
            "next": following,
            "results": self.serializer(self.shown(found), many=True, context={"request": request}).data,
        }
        return Response(answer, headers={"ETag": tag_of(answer | {"changes": None})})  # the word differs each time

    def _changed(self, rows: QuerySet, before: Moment) -> QuerySet:
        """Those of the rows that were written since, or that are shown with one that was."""
        changed = set(changed_since(rows, before).values_list("pk", flat=True))
        for path, others in self.shown_with().items():
            if written := list(changed_since(others, before).values_list("pk", flat=True)):
                found = rows.order_by().filter(**{f"{path}__in": written})
                changed |= set(found.values_list("pk", flat=True))
        return rows.filter(pk__in=changed)


class Page(serializers.Serializer):
    """A page of a list."""

    next = serializers.CharField(allow_null=True, help_text="Address of the next page; null on the last")
    changes = serializers.CharField(
        allow_null=True,
        help_text="Keep it until the last page has come, and send it as `changed_since` the next time. On the first page alone",
    )
    present = serializers.ListField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text="With `changed_since`: the ids of all that is in the list. What you hold beside them has gone",
    )


@cache
def page_of(row: type[Serializer]) -> type[Serializer]:
    """The shape of a page of such rows."""
    return type(f"{row.__name__}Page", (Page,), {"__doc__": f"{Page.__doc__}", "results": row(many=True)})
