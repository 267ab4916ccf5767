"""Mass events as visitors, customers and the app read of them; a person hides what they have read, on their device alone."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contact_center.models import MassEvent
from foundation.api.strict import StrictView

HIDDEN = "hidden_events"  # the cookie: ids and versions, such as 12.3-14.1; corrected words are shown again
HIDDEN_FOR = 2_592_000  # seconds: thirty days
MOST_HIDDEN = 20
MOST_SHOWN = 3
LONGEST_COOKIE = 20 * MOST_HIDDEN
_HIDDEN = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}(-[0-9]{1,9}\.[0-9]{1,9})*", re.ASCII)


def _hidden_by(request: HttpRequest) -> list[str]:
    kept = request.COOKIES.get(HIDDEN, "")
    return kept.split("-")[-MOST_HIDDEN:] if len(kept) <= LONGEST_COOKIE and _HIDDEN.fullmatch(kept) else []


def _word_of(event: MassEvent) -> str:
    return f"{event.pk}.{event.version}"


def events_shown(request: HttpRequest) -> list[MassEvent]:
    """The events that hold now and that this device has not hidden, the newest first."""
    hidden = _hidden_by(request)
    found = MassEvent.objects.in_force(timezone.now()).order_by("-begins_at", "-pk")[: MOST_SHOWN + MOST_HIDDEN]
    return [each for each in found if _word_of(each) not in hidden][:MOST_SHOWN]


@require_POST
def hide_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide one on this device, and lead back to the page; what does not hold is hidden as well as it can be."""
    page = request.POST.get("next", "")
    if not page.startswith("/") or not url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        page = reverse("contacts")
    answer = HttpResponseRedirect(page)
    event = MassEvent.objects.in_force(timezone.now()).filter(pk=pk).first()
    if event is not None:
        words = dict.fromkeys([*_hidden_by(request), _word_of(event)])
        answer.set_cookie(
            HIDDEN,
            "-".join([*words][-MOST_HIDDEN:]),
            max_age=HIDDEN_FOR,
            httponly=True,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    return answer


class ServiceNotice(serializers.Serializer):
    """Something that concerns many just now: show it above everything, until it is not in the list any more."""

    id = serializers.IntegerField(help_text="The same while it lasts: remember what was hidden by id and version")
    version = serializers.IntegerField(help_text="Higher after a correction of its words: show it again")
    title = serializers.CharField(help_text="In the language of Accept-Language")
    text = serializers.CharField(help_text="Plain text; line breaks are line breaks")
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="null: until it is over")


class ServiceNotices(serializers.Serializer):
    """Those that hold now, the newest first."""

    notices = ServiceNotice(many=True)


class ServiceNoticesView(StrictView):
    """What concerns many just now. Public: the first screen asks before anybody signs in."""

    authentication_classes: Any = ()
    permission_classes: Any = ()

    @extend_schema(
        operation_id="get_service_notices",
        summary="What concerns many just now",
        responses=ServiceNotices,
        tags=["service"],
    )
    def get(self, request: Request) -> Response:
        """An empty list on most days."""
        found = MassEvent.objects.in_force(timezone.now()).order_by("-begins_at", "-pk")[:MOST_SHOWN]
        notices = [
            {
                "id": each.pk,
                "version": each.version,
                "title": each.shown_name,
                "text": each.shown_words,
                "begins_at": each.begins_at,
                "ends_at": each.ends_at,
            }
            for each in found
        ]
        return Response(ServiceNotices({"notices": notices}).data)
