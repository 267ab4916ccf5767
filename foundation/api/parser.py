"""What the API reads and writes: JSON in UTF-8, refused in words where it is not, and always answered."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer


class StrictJsonParser(JSONParser):
    """JSON in UTF-8, and in words where it is not."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {}).get("request")
        charset = request.content_params.get("charset", "utf-8") if request is not None else "utf-8"
        if charset.strip('"').lower() not in ("utf-8", "utf8", "us-ascii"):
            raise exceptions.UnsupportedMediaType(
                media_type or self.media_type,
                _("JSON is read in UTF-8, not in %(charset)s.") % {"charset": charset[:40]},
            )
        try:
            return json.loads(stream.read().decode("utf-8-sig"), parse_constant=_no_number)
        except UnicodeDecodeError as error:
            raise exceptions.ParseError(
                _("The body is not UTF-8: look at byte %(position)d.") % {"position": error.start + 1}
            ) from error
        except json.JSONDecodeError as error:
            words = {"line": error.lineno, "column": error.colno, "reason": error.msg}
            raise exceptions.ParseError(
                _("The body is not JSON: line %(line)d, column %(column)d (%(reason)s).") % words
            ) from error
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(_("The body is not JSON that can be read.")) from error


def _no_number(word: str) -> None:
    raise ValueError(word)


class WritableJsonRenderer(JSONRenderer):
    """JSON in UTF-8 whatever an answer quotes: a lone surrogate, which UTF-8 cannot hold, is written as U+FFFD.

    An answer that could not be written would be a 500 after the work was done, and the sender would send it for ever.
    """

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """The answer's bytes."""
        try:
            return super().render(data, *args, **kwargs)
        except UnicodeEncodeError:
            return super().render(_writable(data), *args, **kwargs)


def _writable(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {_writable(name): _writable(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_writable(each) for each in data]
    if isinstance(data, str):
        return data.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return data
