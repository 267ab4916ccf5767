"""Sign-in: nobody opens an account by signing up; everybody lands on the page of their work."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from customers import roles


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks of the project."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from enrolment in the reserved area or from an administrator."""
        return False


@login_required
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a manager or auditor to the figures, other staff to the back office, everybody else to the first page."""
    if request.user.has_role([roles.MANAGER, roles.AUDITOR]):
        return redirect("figures")
    return redirect("admin:index" if request.user.is_staff else "home")
