"""The reserved area's rooms about the records: policies, claims, profile. And what every room of it shares."""

import uuid
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar, overload

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from customers import roles
from customers.acting import ACTING_FOR, account_for, accounts_for, chosen_in, note_use
from customers.claim_steps import answer_due_on, steps_of
from customers.models import (
    AccessLog,
    Claim,
    Customer,
    Operation,
    Policy,
    ReservedAreaAccount,
)
from customers.models.account import Right
from customers.requests import CustomerRequest
from customers.visibility import look_as_customer
from foundation.numbers import whole_number
from foundation.office.drafts import taken
from foundation.page_before import page_before
from notifications.operations import change_own_data
from reserved_area.claim_page import drafts_of, report_of
from reserved_area.language import in_language
from reserved_area.offers import offered
from reserved_area.papers import documents_of_claim, documents_of_policy
from reserved_area.policies import facts_of_policy, policies_of, shown_policy

PAGE = 20
SHELL = "reserved_area/base.html"  # the frame of the reserved area, for pages that exist outside it too
FARTHEST_PAGE = 500

Row = TypeVar("Row", bound=Model)


View = Callable[..., HttpResponseBase]


@overload
def customer_page(view: View) -> View: ...


@overload
def customer_page(
    *, right: Right | None = None, right_to_send: Right | None = None, for_heirs: bool = False
) -> Callable[[View], View]: ...


def customer_page(
    view: View | None = None,
    *,
    right: Right | None = None,
    right_to_send: Right | None = None,
    for_heirs: bool = False,
) -> View | Callable[[View], View]:
    """A page of the reserved area: for people who are enrolled, about one customer alone (`request.customer`).

    `right` is what the person must be allowed to do for the customer, `right_to_send` what they must to send the form of a
    page that everybody may look at; without it they read why (403). `for_heirs` are the pages that an heir opens.

    Somebody who works here and is a customer too sees the customer's file, not everybody's. A person who is not enrolled,
    or whose account is suspended, closed or past its end, reads why and how to go on (403). A form that was opened for
    another customer than the one acted for now is not carried out (409).
    """
    if view is None:
        return partial(_customer_page, right=right, right_to_send=right_to_send, for_heirs=for_heirs)
    return _customer_page(view, right=None, right_to_send=None, for_heirs=False)


def _customer_page(view: View, *, right: Right | None, right_to_send: Right | None, for_heirs: bool) -> View:
    @wraps(view)
    def page(request: CustomerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (refusal := _enter(request)) is not None:
            return refusal
        account = request.account
        needed = right or (right_to_send if request.method == "POST" else None)
        if account.is_of_heir and not for_heirs:
            return render(request, "reserved_area/no_right.html", {"is_of_heir": True}, status=403)
        if needed is not None and not account.may(needed):
            return render(request, "reserved_area/no_right.html", {"right": needed}, status=403)
        answer = view(request, *args, **kwargs)
        # What was sent is done where its answer leads on; a page in its place says what is wrong, or asks for more.
        return taken(request, answer) if isinstance(answer, HttpResponseRedirect) else answer

    guarded = login_required(page)

    @wraps(view)
    def entered(request: CustomerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            return redirect_to_login(page_before(request))  # the form's own page, where what was typed is put back
        return guarded(request, *args, **kwargs)

    return never_cache(entered)


def _enter(request: CustomerRequest) -> HttpResponseBase | None:
    """Settle for whom the request acts; the answer in the page's place where it can act for nobody, or for another now."""
    chosen = chosen_in(request)
    found = accounts_for(request.user, chosen)
    if chosen is not None and (not found or found[0].pk != chosen):
        return _not_any_more(request, chosen)
    if not found:
        last = ReservedAreaAccount.objects.filter(user=request.user).select_related("customer").order_by("pk").last()
        return render(request, "reserved_area/no_account.html", {"account": last}, status=403)
    account = found[0]
    request.account, request.customer, request.can_change = account, account.customer, len(found) > 1
    look_as_customer(request.user, account.customer_id, account.customer.joined_ids)
    note_use(account, now=timezone.now())
    opened_by = request.POST.get(ACTING_FOR, "") if request.method == "POST" else ""
    if opened_by and opened_by != str(account.pk):
        return _opened_for_another(request, opened_by)
    return None


def _not_any_more(request: CustomerRequest, chosen: int) -> HttpResponseBase:
    """What was chosen opens nothing any more: nothing is done, and the person begins again with what they have left."""
    del request.session[ACTING_FOR]
    ended = ReservedAreaAccount.objects.select_related("customer").filter(pk=chosen, user=request.user).first()
    if ended is None:
        raise Http404
    messages.warning(
        request,
        _("You do not act for %(name)s any more. Nothing was done.") % {"name": ended.customer.letter_name},
    )
    return redirect("reserved_area")


def _opened_for_another(request: CustomerRequest, opened_by: str) -> HttpResponseBase:
    """A form that was opened for one customer is never carried out for another: the person chooses, and it is all there."""
    before = account_for(request.user, opened_by)
    if before is None:
        raise Http404
    return render(
        request, "reserved_area/for_another.html", {"before": before, "page": page_before(request)}, status=409
    )


def one_page(
    request: HttpRequest, rows: QuerySet[Row], *, size: int = PAGE, name: str = "pagina"
) -> tuple[list[Row], dict[str, Any]]:
    """The rows of the page asked for (`?pagina=2`) and what pagination.html needs. One query, and nothing is counted.

    `name` is for a second list on the same page.
    """
    asked = request.GET.get(name, "1")
    number = min(max(whole_number(asked, most_digits=5) or 1, 1), FARTHEST_PAGE)
    first = (number - 1) * size
    found = list(rows[first : first + size + 1])
    shown = found[:size]
    pages = {
        "shown": len(shown),
        "previous_url": f"?{name}={number - 1}" if number > 1 else None,
        "next_url": f"?{name}={number + 1}" if len(found) > size else None,
    }
    return shown, pages


# --- Policies ------------------------------------------------------------------------------------------------------
@customer_page(for_heirs=True)
@require_safe
def policies_view(request: CustomerRequest) -> HttpResponse:
    """Every policy one holds or is covered by: those alive first, with the amount that is due next."""
    policies, pages = one_page(request, policies_of(request))
    today = timezone.localdate()
    shown = [shown_policy(each, request.customer, today=today) for each in policies]
    return render(request, "reserved_area/policies.html", {"policies": shown, "page": pages})


@customer_page(for_heirs=True)
@require_safe
def policy_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """One policy. Somebody who is only covered by it sees the contract, and nothing of the others' or of its payments."""
    rows = Policy.objects.visible_to(request.user).select_related("holder", "agency")
    policy = get_object_or_404(rows, pk=pk)
    facts = facts_of_policy(request, policy, today=timezone.localdate())
    return render(request, "reserved_area/policy.html", {**facts, **documents_of_policy(request, policy)})


# --- Claims --------------------------------------------------------------------------------------------------------
@customer_page(for_heirs=True)
@require_safe
def claims_view(request: CustomerRequest) -> HttpResponse:
    """Every claim one reported, or that was reported under one's policies, newest first."""
    claims, pages = one_page(request, Claim.objects.visible_to(request.user).for_list())
    return render(
        request,
        "reserved_area/claims.html",
        {
            "claims": [(claim, answer_due_on(claim)) for claim in claims],
            "page": pages,
            "drafts": drafts_of(request.customer),
        },
    )


@customer_page(for_heirs=True)
@require_safe
def claim_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """One claim: who handles it, how far it has come, and by when the next step is due by law."""
    return claim_page(request, get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk))


def claim_page(
    request: CustomerRequest, claim: Claim, more: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of a claim; `more` is what was sent from it and cannot be taken, to be shown again."""
    answer_by = answer_due_on(claim)
    today = timezone.localdate()
    days = (answer_by - today).days if answer_by else None
    sees_policy = claim.policy.holder_id == request.customer.pk
    return render(
        request,
        "reserved_area/claim.html",
        {
            "claim": claim,
            "steps": steps_of(claim),
            "answer_by": answer_by,
            "days_left": days,
            "is_open": claim.state in Claim.OPEN_STATES,
            "today": today,
            "sees_policy": sees_policy,
            # What happened, in the reporter's own words: about an injury they may reveal too much to an employer.
            "sees_words": claim.customer_id == request.customer.pk,
            **report_of(claim, request.customer, before=request.GET.get("prima", "")),
            **offered(request.customer, claim=claim),
            **documents_of_claim(request, claim),
            **(more or {}),
        },
        status=status,
    )


# --- Profile -------------------------------------------------------------------------------------------------------
@customer_page
@require_safe
def profile_view(request: CustomerRequest) -> HttpResponse:
    """One's own data as we hold them, and how one signs in."""
    return render(
        request,
        "reserved_area/profile.html",
        {
            "customer": request.customer,
            "account": request.account,
            "points": request.customer.contact_points.order_by("kind", "pk"),
            **offered(request.customer),
        },
    )


@customer_page(right=Right.ASK)
@require_POST
def language_view(request: CustomerRequest) -> HttpResponse:
    """Choose the language of the pages and of what we write."""
    language = request.POST.get("language", "")
    if language in dict(Customer._meta.get_field("language").flatchoices):
        if language != request.customer.language:
            change_own_data(
                Operation.Kind.LANGUAGE,
                facts={"language": language},
                key=uuid.uuid4(),
                customer=request.customer,
                by=request.user,
                channel=Operation.Channel.PORTAL,
            )
        return in_language(redirect("portal_profile"), language)
    return redirect("portal_profile")


@customer_page
@require_safe
def accesses_view(request: CustomerRequest) -> HttpResponse:
    """Which of our people opened one's file: their roles and the moments."""
    rows = (
        AccessLog.objects.filter(customer__in=request.customer.file_ids)
        .select_related("user")
        .prefetch_related("user__groups")
    )
    found, pages = one_page(request, rows)
    looks = [(look, role_of(look)) for look in found]
    return render(request, "reserved_area/accesses.html", {"looks": looks, "page": pages})


def role_of(look: AccessLog) -> str:
    """What the person who opened the file does here, in words."""
    names = [roles.NAMES[group.name] for group in look.user.groups.all() if group.name in roles.NAMES]
    return str(names[0]) if names else _("customer service")
