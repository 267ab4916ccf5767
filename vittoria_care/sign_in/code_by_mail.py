"""The page of a code that came by e-mail: allauth's, which says why it leads elsewhere when the code is over."""

from typing import Any

from allauth.account.views import ConfirmLoginCodeView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _


class ConfirmView(ConfirmLoginCodeView):
    """Write the code, or have another sent."""

    _process: Any = None  # what the code is for; None when there is no code, or it is over

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """allauth's. A code that is over leads to where another is asked for."""
        answer = super().dispatch(request, *args, **kwargs)
        if self._process is None and not request.user.is_authenticated:
            messages.info(request, _("This code is over, or was asked for in another browser: ask for another."))
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """allauth's, and for how long the code is good."""
        return super().get_context_data(**kwargs) | {"code_minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60}
