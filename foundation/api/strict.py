"""Fields and parameters that a door of the API does not know are refused by name: a misspelt one must not be lost."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.views import APIView

LONGEST_NAME = 80  # of a name that is quoted back
UNKNOWN_FIELD, UNKNOWN_PARAMETER = "unknown_field", "unknown_parameter"


class StrictSerializer(serializers.Serializer):
    """A serializer of what is sent: fields that it does not have are refused, naming the nearest that it has."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The fields; ValidationError with the code `unknown_field` for those nobody declared."""
        unknown = [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        if unknown:
            raise ValidationError(
                {_quoted(name): [_unknown_field(str(name), self.fields)] for name in unknown[:20]},
                code=UNKNOWN_FIELD,
            )
        return super().to_internal_value(data)


class StrictView(APIView):
    """A door whose address takes the `parameters` it names, each once, and no others: 400 names what it does not know."""

    parameters: tuple[str, ...] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After key, scope and rate: the parameters of the address."""
        super().initial(request, *args, **kwargs)
        known = (*self.parameters, api_settings.URL_FORMAT_OVERRIDE)
        errors: dict[str, list[str]] = {}
        for name, values in request.query_params.lists():
            if name not in known:
                errors[_quoted(name)] = [_unknown_parameter(name, self.parameters)]
            elif len(values) > 1:
                errors[name] = [_("Send it once: it came %(count)d times.") % {"count": len(values)}]
        if errors:
            raise ValidationError(errors, code=UNKNOWN_PARAMETER)


def _quoted(name: Any) -> str:
    return str(name)[:LONGEST_NAME]


def _unknown_field(name: str, known: Iterable[str]) -> str:
    words = {"name": _quoted(name), "known": ", ".join(known)}
    if near := difflib.get_close_matches(name, known, 1):
        return _("There is no field “%(name)s”. Did you mean “%(near)s”?") % {**words, "near": near[0]}
    return _("There is no field “%(name)s”. There are: %(known)s.") % words


def _unknown_parameter(name: str, known: Iterable[str]) -> str:
    words = {"name": _quoted(name), "known": ", ".join(known) or "–"}
    if near := difflib.get_close_matches(name, list(known), 1):
        return _("There is no parameter “%(name)s”. Did you mean “%(near)s”?") % {**words, "near": near[0]}
    return _("There is no parameter “%(name)s”. There are: %(known)s.") % words


class StrictSerializerSchema(OpenApiSerializerExtension):
    """Describes such an object in the OpenAPI schema as one that has no other fields."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """The ordinary schema, closed."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}
