"""The reserved area's room about whom one acts for: the choice, and what was asked for or given."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contact_center.acting.commands import AskFromOwnFile, ask_to_act, refuse_beside_own_file
from contact_center.operations.commands import withdraw
from contact_center.requests.forms import WithFiles
from customers.acting import ACTING_FOR
from customers.models import Operation, ReservedAreaAccount
from customers.models.account import Capacity
from customers.operations.forms import RepresentationFacts
from customers.operations.kinds import may_be_withdrawn
from customers.operations.subjects import subject_of
from customers.requests import CustomerRequest
from foundation.files.accepted import KINDS, MEGABYTE, CheckedFile, Limits
from foundation.files.uploads import no_room, too_large
from foundation.form_fields import FilesField
from foundation.form_guard import GuardedForm
from foundation.numbers import whole_number
from foundation.refusals import Refused
from notifications.people import end_access
from reserved_area.records import customer_page, one_page

CONFLICT, UNPROCESSABLE = 409, 422
MOST_OVER = 5  # of the accounts that open nothing any more, the newest
MOST_ASKED = 10  # of the requests to act for another, the newest
ONE = Limits(files=1, each=10 * MEGABYTE, together=10 * MEGABYTE)


@customer_page(for_heirs=True)
@require_safe
def acting_view(request: CustomerRequest) -> HttpResponse:
    """The customers one acts for, the one of now marked; and how to ask for another."""
    mine = ReservedAreaAccount.objects.filter(user=request.user).open_on(timezone.localdate()).usual_first()
    accounts, pages = one_page(request, mine.select_related("customer"))
    over = ReservedAreaAccount.objects.filter(user=request.user).not_open_on(timezone.localdate())
    asked = Operation.objects.to_act_asked_by(request.user)[:MOST_ASKED]
    context = {
        "accounts": accounts,
        "page": pages,
        "over": over.select_related("customer").order_by("-pk")[:MOST_OVER],
        "asked": [(each, said_of(each), may_be_withdrawn(each)) for each in asked],
    }
    return render(request, "reserved_area/acting.html", context)


def said_of(operation: Operation) -> str:
    """For whom and as what the person asked to act, in a few words."""
    person, capacity = operation.facts.get("person", ""), operation.facts.get("capacity", "")
    return f"{person}, {Capacity(capacity).label}" if capacity in Capacity.values else person


class AskForm(RepresentationFacts, WithFiles, GuardedForm):
    """What the document says, and the document."""

    field_order = ("capacity", "person", "tax_code", "valid_until", "files", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        files = self.fields["files"]
        assert isinstance(files, FilesField), "it is declared so"
        files.limits, files.required, files.label = ONE, True, _("The document")
        files.widget.attrs.pop("multiple")
        files.help_text = _("One file of at most %(size)s, with all its pages: %(kinds)s.") % {
            "size": ONE.each_in_words,
            "kinds": KINDS,
        }

    @classmethod
    def names(cls) -> list[str]:
        """The facts alone: the document is kept beside them."""
        return RepresentationFacts.names()

    def clean_files(self) -> list[CheckedFile]:
        files = self.cleaned_data["files"]
        if not files and not self.given_up and not self.no_room:
            raise ValidationError(_("Add the document that says so: without it we cannot decide."), code="no_document")
        return files


@customer_page(for_heirs=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_view(request: CustomerRequest) -> HttpResponse:
    """Ask to act for somebody else, with the document that says so: from one's own file, where there is one."""
    try:
        refuse_beside_own_file(request.account)
    except AskFromOwnFile as refusal:
        context = {"own": refusal.account}
        return render(request, "reserved_area/acting_from_own.html", context, status=CONFLICT)
    subject = subject_of(request.customer, today=timezone.localdate())
    if request.method != "POST":
        return _ask_page(request, AskForm(subject=subject))
    form = AskForm(request.POST, request.FILES, subject=subject, given_up=too_large(request), no_room=no_room(request))
    if not form.is_valid():
        return _ask_page(request, form, status=UNPROCESSABLE)
    if form.is_trapped:
        return redirect("portal_acting")
    try:
        begun = ask_to_act(
            request.account,
            facts=form.facts(),
            document=form.cleaned_data["files"][0],
            submission_key=form.cleaned_data["submission_key"],
            by=request.user,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _ask_page(request, form, status=CONFLICT)
    if begun.is_new:
        words = {"number": begun.operation.number}
        messages.success(request, _("We have received it: its number is %(number)s.") % words)
    if begun.operation.is_private:
        return redirect("portal_acting")
    return redirect("portal_operation", pk=begun.operation.pk)


def _ask_page(request: CustomerRequest, form: AskForm, *, status: int = 200) -> HttpResponse:
    return render(request, "reserved_area/acting_ask.html", {"form": form}, status=status)


@customer_page(for_heirs=True)
@require_POST
def withdraw_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Take back what one asked oneself, while nobody has decided: by whichever account, and whatever one may do by it."""
    operation = get_object_or_404(Operation.objects.to_act_asked_by(request.user), pk=pk)
    try:
        withdraw(operation, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("You have taken it back: nothing is changed."))
    return redirect("portal_acting")


@customer_page(for_heirs=True)
@require_http_methods(["GET", "HEAD", "POST"])
def leave_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Stop acting for a customer, by one's own decision: what it means is asked first."""
    mine = ReservedAreaAccount.objects.not_closed().filter(user=request.user).select_related("customer")
    account = get_object_or_404(mine.exclude(capacity=Capacity.SELF), pk=pk)
    if request.method != "POST":
        return render(request, "reserved_area/acting_leave.html", {"account": account})
    try:
        end_access(account, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("portal_acting")
    if request.session.get(ACTING_FOR) == account.pk:
        del request.session[ACTING_FOR]
    messages.success(request, _("You do not act for %(name)s any more.") % {"name": account.customer.letter_name})
    return redirect("reserved_area")


@customer_page(for_heirs=True)
@require_POST
def choose_view(request: CustomerRequest) -> HttpResponse:
    """Act for another of one's customers from now on; what is not one's own, or is over, is not found."""
    mine = ReservedAreaAccount.objects.filter(user=request.user).open_on(timezone.localdate())
    chosen = get_object_or_404(mine.select_related("customer"), pk=whole_number(request.POST.get("account", "")) or 0)
    request.session[ACTING_FOR] = chosen.pk
    ReservedAreaAccount.objects.filter(pk=chosen.pk).update(last_used_at=timezone.now())
    messages.success(request, _("You now act for %(name)s.") % {"name": chosen.customer.letter_name})
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "reserved_area")
