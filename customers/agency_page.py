"""The first page of an agency's member: what expires with its amount, claims with what is missing, what one may begin."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.claim_reports.office import REPORTS, ReportClaimFor
from customers.consents_on_paper import NEAREST_FIRST, PAPER_TAB, PaperReason, paper_address, with_paper_to_take
from customers.models import Claim, ClaimDraft, ClaimReport, Customer, Instalment, Policy, RenewalOffer
from customers.sensitive.restricted import closed_to
from customers.tiles import DAYS
from customers.visibility import reach_of
from foundation.office.closed import RESTRICTED
from foundation.office.tiles import Begin, OnFirstPage, ShortList, ShortRow

SHOWN = 8
DRAFT_PAGE = "office_report_draft"  # of the guide, an app further up


def on_first_page(user: Any) -> list[OnFirstPage]:
    """For members of an agency; nothing for the company's staff. Seven queries, however many customers there are."""
    if not user.has_perm("customers.view_policy") or reach_of(user).everything:
        return []
    today = timezone.localdate()
    shown: list[OnFirstPage] = []
    if user.has_perm("customers.add_consent"):
        customers = reverse("admin:customers_customer_changelist")
        shown.append(Begin(_("Find a customer, to record a consent or a change"), "person_search", customers))
    if user.has_perm(REPORTS):
        report = reverse("admin:customers_claim_list_command", args=[ReportClaimFor.name])
        shown.append(Begin(str(ReportClaimFor.label), ReportClaimFor.icon, report))
    papers = [_papers(user, today)] if user.has_perm("customers.add_consent") else []
    reported = [reports(user)] if user.has_perm(REPORTS) else []
    return [*shown, _expiring(user, today), _instalments(user, today), _claims(user), *reported, *papers]


def _expiring(user: Any, today: date) -> ShortList:
    offered = RenewalOffer.objects.filter(policy=OuterRef("pk"), paid_on__isnull=True, withdrawn_on__isnull=True)
    policies = Policy.objects.visible_to(user).expiring(today, today + timedelta(days=DAYS)).without_paid_offer()
    policies = policies.annotate(offered=Subquery(offered.order_by("-starts_on").values("premium")[:1]))
    return ShortList(
        title=_("Policies that expire within 30 days"),
        rows=tuple(
            ShortRow(
                label=each.number,
                detail=_amount_and_day(each.offered, each.ends_on),
                url=reverse("admin:customers_policy_change", args=[each.pk]),
            )
            for each in policies.order_by("ends_on", "pk")[:SHOWN]
        ),
        empty=_("No policy of your customers expires within 30 days."),
        url=reverse("admin:customers_policy_changelist") + "?work=expiring",
    )


def _instalments(user: Any, today: date) -> ShortList:
    until = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    owed = Instalment.objects.visible_to(user).unpaid().filter(due_on__lt=until, policy__state=Policy.State.ACTIVE)
    return ShortList(
        title=_("Instalments due this month, or late"),
        rows=tuple(
            ShortRow(
                label=each.policy.number,
                detail=_amount_and_day(each.amount, each.due_on),
                url=reverse("admin:customers_policy_change", args=[each.policy_id]),
                tone="bad" if each.due_on < today else "",
            )
            for each in owed.select_related("policy").order_by("due_on", "pk")[:SHOWN]
        ),
        empty=_("No instalment of your customers is due this month."),
    )


def _amount_and_day(amount: Decimal | None, day: date) -> str:
    shown = date_format(day, "d/m/Y")
    return shown if amount is None else f"{number_format(amount, 2, force_grouping=True)} € · {shown}"


def _papers(user: Any, today: date) -> ShortList:
    """Whose signature is wanted, the one whose policy expires first at the head; a restricted file is not named."""
    customers = reverse("admin:customers_customer_changelist")
    wanted = with_paper_to_take(Customer.objects.visible_to(user), agencies=reach_of(user).agency_ids, today=today)
    rows = list(wanted.order_by(*NEAREST_FIRST)[:SHOWN])
    shut = closed_to(user, [each.pk for each in rows])
    return ShortList(
        title=_("Consents on paper to be taken, the nearest expiry first"),
        rows=tuple(
            ShortRow(
                label=str(RESTRICTED) if each.pk in shut else str(each),
                detail=f"{PaperReason(each.paper_reason).label} · {date_format(each.next_expiry, 'd/m/Y')}",
                url=paper_address(each.pk),
            )
            for each in rows
        ),
        empty=_("Every customer of yours with a policy in force has answered about your promotions."),
        url=f"{customers}?work={PAPER_TAB}",
    )


def reports(user: Any) -> ShortList:
    """What was begun here and waits to be ended, then what was sent, the last first."""
    drafts = ClaimDraft.objects.visible_to(user).filter(channel=ClaimDraft.Channel.AGENCY).for_list()[:SHOWN]
    rows = [
        ShortRow(
            label=_("%(product)s, policy %(number)s") % {"product": each.policy.product, "number": each.policy},
            detail=_("begun, to be ended and sent"),
            url=reverse(DRAFT_PAGE, args=[each.key]),
            tone="warn",
        )
        for each in drafts
    ]
    since = timezone.localdate() - timedelta(days=DAYS)
    sent = Claim.objects.visible_to(user).filter(report__channel=ClaimReport.Channel.AGENCY, reported_on__gte=since)
    rows += [
        ShortRow(
            label=each.number,
            detail=f"{each.get_state_display()} · {date_format(each.reported_on, 'd/m/Y')}",
            url=reverse("admin:customers_claim_change", args=[each.pk]),
        )
        for each in sent.order_by("-reported_on", "-pk")[: SHOWN - len(rows)]
    ]
    return ShortList(
        title=_("Claims reported at the agency in the last 30 days"),
        rows=tuple(rows),
        empty=_("No claim was reported here for your customers."),
    )


def _claims(user: Any) -> ShortList:
    """How many documents are missing, not which: what was asked about a claim may reveal an injury, and agencies do not read it."""
    missing = Count("asked_documents", filter=Q(asked_documents__state="asked"))
    claims = Claim.objects.visible_to(user).open().annotate(missing=missing)
    return ShortList(
        title=_("Open claims, those with something missing first"),
        rows=tuple(
            ShortRow(
                label=each.number or _("number to come"),
                detail=ngettext("%(count)d document is missing", "%(count)d documents are missing", each.missing)
                % {"count": each.missing}
                if each.missing
                else each.get_state_display(),
                url=reverse("admin:customers_claim_change", args=[each.pk]),
                tone="warn" if each.missing else "",
            )
            for each in claims.order_by("-missing", "reported_on", "pk")[:SHOWN]
        ),
        empty=_("No claim of your customers is open."),
        url=reverse("admin:customers_claim_changelist"),
    )
