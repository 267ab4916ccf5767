"""The product's addresses, and two that do next to nothing: what others are compared with."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contact_center.models import CallEvent
from foundation.api.keys import HasScope
from vittoria_care import urls


@login_required
def bare_page(request: HttpRequest) -> HttpResponse:
    """The shell of every page for a person who is signed in, with nothing in it."""
    return render(request, "base.html")


class BareInsert(APIView):
    """The door of the API, and one row written from what was sent, unchecked."""

    permission_classes = [HasScope("calls:write")]

    def post(self, request: Request) -> Response:
        """Write the row."""
        given = request.data
        assert isinstance(given, dict)  # the benchmark sends one row
        CallEvent.objects.create(
            source="bare",
            external_id=given["call_id"],
            key=given["event_id"],
            kind=given["event"],
            at=given["at"],
            facts={"line": given.get("line", "")},
        )
        return Response({"status": "created"})


urlpatterns = [
    path("bare-page/", bare_page, name="bare_page"),
    path("api/v1/bare-insert/", BareInsert.as_view(), name="bare_insert"),
    *urls.urlpatterns,
]
