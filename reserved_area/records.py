"""The reserved area's rooms about the records: policies, claims, profile. And what every room of it shares."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Case, IntegerField, Model, Prefetch, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from customers import roles
from customers.claim_steps import answer_due_on, steps_of
from customers.due import cover_of, expiry_due, instalment_due, policy_has_grace, with_attempts
from customers.models import (
    AccessLog,
    Claim,
    Customer,
    Instalment,
    Operation,
    Policy,
    PolicyAdherent,
    ReservedAreaAccount,
)
from customers.payments.commands import ALIVE
from customers.payments.renewals import renewal_of, with_renewed_until
from customers.policy_states import suspensions_of
from customers.rami import ramo
from customers.requests import CustomerRequest
from customers.visibility import look_as_customer
from foundation.numbers import whole_number
from foundation.office.drafts import taken
from foundation.page_before import page_before
from notifications.operations import change_own_data
from reserved_area.claim_page import drafts_of, report_of
from reserved_area.life import life_of_policy
from reserved_area.offers import offered
from reserved_area.papers import documents_of_claim, documents_of_policy

PAGE = 20
SHELL = "reserved_area/base.html"  # the frame of the reserved area, for pages that exist outside it too
FARTHEST_PAGE = 500
SHOWN_INSTALMENTS = 36
LANGUAGE_KEPT = 31_536_000  # seconds: a year

Row = TypeVar("Row", bound=Model)


def customer_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of the reserved area: for people who are enrolled, about their own file alone (`request.customer`).

    Somebody who works here and is a customer too sees their own file, not everybody's. A person who is not enrolled,
    or whose account is suspended or closed, reads why and how to go on (403).
    """

    @wraps(view)
    def page(request: CustomerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        accounts = ReservedAreaAccount.objects.select_related("customer__agency")
        account = accounts.filter(user=request.user).first()
        if account is None or account.state != ReservedAreaAccount.State.ENROLLED:
            return render(request, "reserved_area/no_account.html", {"account": account}, status=403)
        request.account, request.customer = account, account.customer
        look_as_customer(request.user, account.customer_id)
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
@customer_page
@require_safe
def policies_view(request: CustomerRequest) -> HttpResponse:
    """Every policy one holds or is covered by: those alive first, with the amount that is due next."""
    alive = [Policy.State.ACTIVE, Policy.State.SUSPENDED]
    rows = (
        with_renewed_until(Policy.objects.visible_to(request.user))
        .annotate(
            over=Case(When(state__in=alive, then=Value(0)), default=Value(1), output_field=IntegerField()),
        )
        .prefetch_related(
            Prefetch("instalments", Instalment.objects.unpaid().order_by("due_on")),
            Prefetch("adherents", PolicyAdherent.objects.filter(customer=request.customer), to_attr="own_covers"),
        )
        .order_by("over", "-ends_on", "-pk")
    )
    policies, pages = one_page(request, rows)
    today = timezone.localdate()
    shown = []
    for policy in policies:
        is_mine = policy.holder_id == request.customer.pk
        unpaid = next(iter(policy.instalments.all()), None)
        next_due = instalment_due(unpaid, today=today) if is_mine and policy.state in alive and unpaid else None
        shown.append((policy, ramo(policy.ramo).label, is_mine, next_due))
    return render(request, "reserved_area/policies.html", {"policies": shown, "page": pages})


@customer_page
@require_safe
def policy_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """One policy. Somebody who is only covered by it sees the contract, and nothing of the others' or of its payments."""
    rows = Policy.objects.visible_to(request.user).select_related("holder", "agency")
    policy = get_object_or_404(rows, pk=pk)
    is_mine = policy.holder_id == request.customer.pk
    today = timezone.localdate()
    payments = []
    if is_mine:
        instalments = with_attempts(Instalment.objects.filter(policy=policy))
        for each in instalments.order_by("-due_on")[:SHOWN_INSTALMENTS]:
            each.policy = policy
            payments.append((each, None if each.paid_on else instalment_due(each, today=today)))
    adherents = PolicyAdherent.objects.select_related("customer").filter(policy=policy).order_by("pk")
    if not is_mine:
        adherents = adherents.filter(customer=request.customer)
    claims = Claim.objects.visible_to(request.user).filter(policy=policy)
    return render(
        request,
        "reserved_area/policy.html",
        {
            "policy": policy,
            "line_name": ramo(policy.ramo).label,
            "is_mine": is_mine,
            "payments": payments,
            "has_unpaid": policy.state in ALIVE and any(due is not None for _each, due in payments),
            "adherents": adherents[:PAGE],
            "has_more_adherents": is_mine and adherents[PAGE : PAGE + 1].exists(),
            "claims": claims[:PAGE],
            "expiry": expiry_due(policy, today=today) if policy.state == Policy.State.ACTIVE else None,
            "cover_until": cover_of(policy),
            "has_grace": policy_has_grace(policy),
            "suspensions": suspensions_of(policy),
            **(renewal_of(policy, today=today) if is_mine else {}),
            **(offered(request.customer, policy=policy) if is_mine else {}),
            **documents_of_policy(request, policy),
            **life_of_policy(request, policy),
        },
    )


# --- Claims --------------------------------------------------------------------------------------------------------
@customer_page
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


@customer_page
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


@customer_page
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
        translation.activate(language)
        answer = redirect("portal_profile")
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=LANGUAGE_KEPT,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
        return answer
    return redirect("portal_profile")


@customer_page
@require_safe
def accesses_view(request: CustomerRequest) -> HttpResponse:
    """Which of our people opened one's file: their roles and the moments."""
    rows = AccessLog.objects.filter(customer=request.customer).select_related("user").prefetch_related("user__groups")
    found, pages = one_page(request, rows)
    looks = []
    for look in found:
        names = [roles.NAMES[group.name] for group in look.user.groups.all() if group.name in roles.NAMES]
        looks.append((look, names[0] if names else _("customer service")))
    return render(request, "reserved_area/accesses.html", {"looks": looks, "page": pages})
