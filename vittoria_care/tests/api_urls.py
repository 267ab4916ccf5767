"""The project's addresses, and some of the API that go wrong on demand."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBadRequest
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.api.keys import HasScope
from foundation.refusals import Refused
from vittoria_care.urls import urlpatterns as ours


class Row(serializers.Serializer):
    """One row of a list."""

    name = serializers.CharField(max_length=5)


class Body(serializers.Serializer):
    """A list of rows inside a body."""

    rows = Row(many=True)

    def validate(self, data):
        if len(data["rows"]) > 2:
            raise serializers.ValidationError("Too many rows.")
        return data


class Open(APIView):
    """Any caller may send."""

    authentication_classes = ()
    permission_classes = ()


class Echo(Open):
    def post(self, request):
        return Response({"given": request.data})


class Checked(Open):
    def post(self, request):
        body = Body(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(body.data)


class Rows(Open):
    def post(self, request):
        rows = Row(data=request.data, many=True)
        rows.is_valid(raise_exception=True)
        return Response(rows.data)


class Wrong(Open):
    def get(self, request, how):
        if how == "refused":
            raise Refused("The complaint was answered already.", code="answered_already")
        if how == "missing":
            raise Http404("Customer Maria Rossi")
        if how == "forbidden":
            raise PermissionDenied("Maria Rossi")
        raise RuntimeError("maria.rossi@example.it has no policy")


class ForKeys(APIView):
    permission_classes = [HasScope("calls:write")]

    def get(self, request):
        return Response({"source": request.auth.source})


urlpatterns = [
    path("api/try/echo/", Echo.as_view()),
    path("api/try/checked/", Checked.as_view()),
    path("api/try/rows/", Rows.as_view()),
    path("api/try/wrong/<str:how>/", Wrong.as_view()),
    path("api/try/keys/", ForKeys.as_view()),
    path("api/try/plain/", lambda request: HttpResponseBadRequest("<h1>no</h1>")),
    *ours,
]
