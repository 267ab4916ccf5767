"""What people write in the back office and the reserved area is kept in their browser until the server has taken it.

The script is static/js/drafts.js.

A page sends the key of its draft with the form; only the answer of work that is done names it, in a cookie that the
next page reads. A sign-in page, a refusal, an error or a lost connection name nothing, and the text is there again.
"""

import re

from django.http import HttpRequest, HttpResponse

FIELD = "kept-as"  # of the form: the key that the browser gave its draft; no field of a form has such a name
KEPT_SECONDS = 600
_KEY = re.compile(r"[a-z0-9]{8,40}")


def taken(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response, with a mark that what was sent with this request has arrived: the browser may forget its copy."""
    key = request.POST.get(FIELD, "")
    if _KEY.fullmatch(key):
        response.set_cookie(
            f"taken-{key}", "1", max_age=KEPT_SECONDS, samesite="Strict", secure=request.is_secure(), httponly=False
        )
    return response
