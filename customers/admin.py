"""The back office of customers: the file of each, their policies and claims, agencies, and the people who sign in."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Model, Prefetch, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers import roles
from customers.access import opened_in_words
from customers.accounts_to_review import unused_accounts
from customers.claim_reports.lines import GUIDES, MOTOR, guide_for, shown_steps
from customers.claim_reports.office import ReportClaimFor
from customers.claim_steps import steps_of
from customers.consents_on_paper import NEAREST_FIRST, PAPER_TAB, PaperReason, paper_address, with_paper_to_take
from customers.contact_points.office import shown_points
from customers.data_exports import office as data_exports_office  # noqa: F401  copies of customers' data
from customers.documents.office import DocumentOfPolicyPanel, PolicyPersonPanel, PolicyValuePanel
from customers.documents.queries import without_certificate
from customers.due import cover_of
from customers.joining import office as joining
from customers.joining.commands import require_not_joined
from customers.models import (
    AccessLog,
    Agency,
    AgencyMember,
    AskedDocument,
    CampaignAgency,
    Claim,
    ClaimFile,
    ClaimReport,
    Consent,
    ContactPoint,
    Customer,
    Instalment,
    Payment,
    PaymentIncident,
    Policy,
    PolicyAdherent,
    RefundDue,
    RenewalOffer,
    ReservedAreaAccount,
    User,
)
from customers.models.claim import ClaimQuerySet
from customers.models.customer import ConsentQuerySet, CustomerQuerySet
from customers.models.policy import PolicyQuerySet
from customers.operations import office as operations_office  # noqa: F401  what customers asked to have done
from customers.payments.office import (
    PaymentAdmin,
    PaymentIncidentAdmin,
    PaymentPanel,
    RefundDueAdmin,
    RenewalOfferAdmin,
)
from customers.payments.renewals import with_renewed_until
from customers.people.office import TONES as ACCOUNT_TONES
from customers.people.office import document_link, state_of
from customers.people.rules import in_words
from customers.policy_states import Suspension, suspensions_of
from customers.rami import ramo
from customers.search import by_parts, found_ids, ids_for
from customers.sensitive import office as sensitive
from customers.sensitive.restricted import closed_to
from customers.timeline.office import timeline_context
from customers.visibility import reach_of
from foundation.dates import written_day, written_moment
from foundation.files.keeping import attachment_response
from foundation.masking import Kind, may_see_whole, seen_text_of
from foundation.office.base import OfficeAdmin, OwnFormSet, Panel, WorkFilter, badge, chosen_work
from foundation.office.commands import Button
from foundation.office.read_only import euro, may_read
from foundation.refusals import Refused
from foundation.requests import StaffRequest, signed_in_user
from foundation.slots import Slot
from foundation.sorting import Folded, sort_key
from foundation.text import search_words

MOST_POINTS = 6  # ways to reach the customer that stand at the head of the file
MOST_FOUND = 200  # rows of a search: more than anybody reads
EXPIRING_DAYS = 30

POLICY_TONES = {
    Policy.State.ACTIVE: "success",
    Policy.State.SUSPENDED: "warning",
    Policy.State.CANCELLED: "danger",
}
DOCUMENT_TONES = {
    AskedDocument.State.ASKED: "warning",
    AskedDocument.State.RECEIVED: "success",
}
CLAIM_TONES = {
    Claim.State.REPORTED: "warning",
    Claim.State.TAKEN_IN_CHARGE: "info",
    Claim.State.OFFERED: "info",
    Claim.State.ACCEPTED: "info",
    Claim.State.PAID: "success",
    Claim.State.REFUSED: "danger",
}
COVER_TONES = {"covered": "success", "suspended": "warning", "later": "info"}
CONSENT_TONES = {
    Consent.Event.GIVEN: "success",
    Consent.Event.CONFIRMED: "success",
    Consent.Event.WITHDRAWN: "danger",
}


def customers_named(text: str) -> list[int]:
    """Ids of the customers that a search box means, for any reader: the caller narrows its rows by `visible_to`."""
    return found_ids(Customer.objects.all(), text, MOST_FOUND, partly=False)


# --- A customer's file --------------------------------------------------------------------------------------------
class ContactPointPanel(Panel):
    """How to reach the customer."""

    model = ContactPoint
    formset = OwnFormSet
    fields = ("kind", "value", "stated", "verified_at")
    show_change_link = False
    hide_title = True  # the row's name is its value, which not everybody sees whole


def end_of(policy: Policy) -> str:
    """The end of a contract; and until when it covers where the renewal is paid (`with_renewed_until`)."""
    day = formats.date_format(policy.ends_on, "DATE_FORMAT")
    if policy.renewed_until is None:  # type: ignore[attr-defined]  # an annotation
        return day
    until = formats.date_format(policy.renewed_until, "DATE_FORMAT")  # type: ignore[attr-defined]
    return gettext("%(day)s; renewal paid, cover until %(until)s") % {"day": day, "until": until}


class PolicyPanel(Panel):
    """The customer's policies, each with what is due next."""

    model = Policy
    fields = ("number", "product", "plate", "end_shown", "state_shown", "next_instalment")
    ordering = ("-ends_on", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        owed = Instalment.objects.unpaid().order_by("due_on")
        policies = with_renewed_until(super().get_queryset(request))
        return policies.prefetch_related(Prefetch("instalments", queryset=owed))

    @display(description=_("expires on"))
    def end_shown(self, policy: Policy) -> str:
        return end_of(policy)

    @badge(description=_("state"), tones=POLICY_TONES)
    def state_shown(self, policy: Policy) -> tuple[str, str]:
        return policy.state, policy.get_state_display()

    @display(description=_("next instalment"))
    def next_instalment(self, policy: Policy) -> str:
        if (first := next(iter(policy.instalments.all()), None)) is None:  # of those still owed
            return "–"
        return f"{formats.date_format(first.due_on, 'SHORT_DATE_FORMAT')} – {euro(first.amount)}"


class AdherencePanel(Panel):
    """Contracts of others that cover the customer."""

    model = PolicyAdherent
    fk_name = "customer"
    verbose_name_plural = _("covered by others' policies")
    fields = ("policy_shown", "holder", "starts_on", "ends_on", "cover_shown")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("policy__holder")

    @display(description=_("policy"))
    def policy_shown(self, adherence: PolicyAdherent) -> SafeString:
        address = reverse("admin:customers_policy_change", args=[adherence.policy_id])
        return format_html('<a href="{}">{}</a> {}', address, adherence.policy.number, adherence.policy.product)

    @display(description=_("policyholder"))
    def holder(self, adherence: PolicyAdherent) -> SafeString:
        """Both panels' readers see the holder's file too, or they would not see the policy."""
        address = reverse("admin:customers_customer_change", args=[adherence.policy.holder_id])
        return format_html('<a href="{}">{}</a>', address, adherence.policy.holder)

    @badge(description=_("cover today"), tones=COVER_TONES)
    def cover_shown(self, adherence: PolicyAdherent) -> tuple[str, str]:
        """Whether the person is covered today: by the days of the adherence and the state of the contract."""
        today, policy = timezone.localdate(), adherence.policy
        if adherence.starts_on > today:
            return "later", str(_("not yet"))
        if policy.state == Policy.State.SUSPENDED:
            return "suspended", policy.get_state_display()
        last = min(filter(None, (adherence.ends_on, cover_of(policy))))
        covered = policy.state == Policy.State.ACTIVE and last >= today
        return ("covered", str(_("covered"))) if covered else ("over", str(_("no longer covered")))


class ClaimPanel(Panel):
    """Claims that the customer reported."""

    model = Claim
    fields = ("number", "policy", "kind", "occurred_on", "reported_on", "state_shown")
    ordering = ("-reported_on", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("policy")

    @badge(description=_("state"), tones=CLAIM_TONES)
    def state_shown(self, claim: Claim) -> tuple[str, str]:
        return claim.state, claim.get_state_display()


class AskedDocumentPanel(Panel):
    """Documents of the claim that its reporter was asked for."""

    model = AskedDocument
    fields = ("name", "due_on", "state_shown", "asked_by", "asked_at", "ended_at")
    ordering = ("-pk",)
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("asked_by")

    @badge(description=_("state"), tones=DOCUMENT_TONES)
    def state_shown(self, asked: AskedDocument) -> tuple[str, str]:
        return asked.state, asked.get_state_display()


class ClaimFilePanel(Panel):
    """Photographs and documents of the claim, as downloads."""

    model = ClaimFile
    fields = ("name_shown", "size_shown", "asked", "given_by", "received_at")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("asked", "given_by")

    @display(description=_("file"))
    def name_shown(self, file: ClaimFile) -> SafeString:
        address = reverse("admin:customers_claim_file", args=[file.claim_id, file.key])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, file.name)

    @display(description=_("size"))
    def size_shown(self, file: ClaimFile) -> str:
        return filesizeformat(file.size)


class ConsentPanel(Panel):
    """What the customer allows today: the newest event of each purpose and channel."""

    model = Consent
    formset = OwnFormSet
    verbose_name = _("consent in force")
    verbose_name_plural = _("consents in force")
    fields = ("purpose", "channel", "event_shown", "source", "recorded_at")
    ordering = ()

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        consents = super().get_queryset(request)
        assert isinstance(consents, ConsentQuerySet)
        return consents.in_force()

    @badge(description=_("event"), tones=CONSENT_TONES)
    def event_shown(self, consent: Consent) -> tuple[str, str]:
        return consent.event, consent.get_event_display()


# The panels of a customer's file, and the cards above them: each gives those that the user may see, with a title, rows
# (text, hint, url, tone) and a sentence for when there are none.
CUSTOMER_FILE: Slot[type[Panel]] = Slot("the panels of a customer's file")
CLAIM_PAGE: Slot[type[Panel]] = Slot("the panels of a claim's page")
FILE_CARDS: Slot[Callable[[Customer, User], Iterable[Any]]] = Slot("the cards at the head of a customer's file")


class PaperFilter(WorkFilter[CustomerQuerySet]):
    """For an agency's member: all customers, or those whose consent on paper is still to be taken."""

    title = _("customers shown")
    default = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("all", _("All")), (PAPER_TAB, _("Consent on paper to be taken")))

    def narrowed(self, request: HttpRequest, queryset: CustomerQuerySet, chosen: str) -> CustomerQuerySet:
        if chosen != PAPER_TAB:
            return queryset
        agencies = reach_of(signed_in_user(request)).agency_ids
        return with_paper_to_take(queryset, agencies=agencies, today=timezone.localdate())


@admin.register(Customer)
class CustomerAdmin(OfficeAdmin[Customer]):
    """Found by whatever the caller can give; the page is the whole file, and opening it is recorded."""

    list_display = ("__str__", "code_shown", "tax_code", "segment", "city", "agency")
    list_select_related = ("agency", "merged_into")
    search_help_text = _("Name, tax code, plate, policy, phone or its last digits, e-mail")
    customer_path = "pk"
    own_commands = (*sensitive.COMMANDS, *joining.COMMANDS)
    change_form_outer_before_template = "office/customer_head.html"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("code", "segment"),
                    ("kind", "language"),
                    ("last_name", "first_name"),
                    ("company_name", "birth_date"),
                    ("tax_code", "vat_number"),
                    "agency",
                    ("address", "postal_code"),
                    ("city", "province"),
                    "country",
                    ("created_at", "updated_at"),
                ]
            },
        ),
    )

    def get_list_filter(self, request: StaffRequest) -> Any:
        """What an agency has to do; the company's staff find a customer, and read no list of them."""
        takes_papers = request.user.has_perm("customers.add_consent") and not reach_of(request.user).everything
        return (PaperFilter,) if takes_papers else ()

    def _takes_papers(self, request: StaffRequest) -> bool:
        return bool(self.get_list_filter(request)) and chosen_work(request, "all") == PAPER_TAB

    def get_list_display(self, request: StaffRequest) -> list[Any]:
        if not self._takes_papers(request):
            return super().get_list_display(request)
        return ["__str__", "code_shown", "next_expiry_shown", "paper_reason_shown", "paper_link"]

    def get_ordering(self, request: StaffRequest) -> Sequence[str | Combinable]:
        return NEAREST_FIRST if self._takes_papers(request) else self.ordering

    @display(description=_("next expiry"))
    def next_expiry_shown(self, customer: Any) -> str:
        return formats.date_format(customer.next_expiry, "d/m/Y")

    @display(description=_("why"))
    def paper_reason_shown(self, customer: Any) -> str:
        return str(PaperReason(customer.paper_reason).label)

    @display(description=_("paper"))
    def paper_link(self, customer: Customer) -> SafeString:
        """Leads to writing it down, and from there back to the list."""
        back = f"{reverse('admin:customers_customer_changelist')}?work={PAPER_TAB}"
        address = paper_address(customer.pk, back_to=back)
        return format_html('<a href="{}" class="vc-link">{}</a>', address, gettext("Write down the consent"))

    @display(description=_("customer code"))
    def code_shown(self, customer: Customer) -> str:
        """The code; of a joined file also that of the one that remains."""
        if customer.merged_into is None:
            return customer.code
        return gettext("%(code)s, joined with %(with)s") % {"code": customer.code, "with": customer.merged_into.code}

    def get_inlines(self, request: StaffRequest, obj: Customer | None) -> list[type[Panel]]:
        return list(CUSTOMER_FILE)

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: Customer | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context["joins"] = joining.joins_shown(request, obj)
            context["head_points"] = shown_points(request, obj, most=MOST_POINTS)
            context["head_cards"] = [card for ask in FILE_CARDS for card in ask(obj, request.user)]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def buttons(self, request: StaffRequest, row: Customer | None = None) -> list[Button]:
        """None on a file that was joined: work goes on in the one that remains."""
        return [] if row is not None and row.merged_into_id is not None else super().buttons(request, row)

    def command_view(self, request: StaffRequest, name: str, object_id: str | None = None) -> HttpResponse:
        """Nothing is done to a file that was joined: the refusal names the one that remains, and leads there."""
        row = self.get_object(request, unquote(object_id)) if object_id is not None else None
        if row is not None and row.merged_into is not None:
            try:
                require_not_joined(row)
            except Refused as refusal:
                messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:customers_customer_change", args=[row.merged_into.pk]))
        return super().command_view(request, name, object_id)

    def get_urls(self) -> list[Any]:
        timeline = self.admin_site.admin_view(self.timeline_view)
        return [path("<int:pk>/storia/", timeline, name="customers_customer_timeline"), *super().get_urls()]

    def timeline_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """All that happened with the customer, newest first; opening it is written down like their file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if (customer := self.get_object(request, str(pk))) is None:
            raise Http404
        self.write_down(request, customer)
        context = {
            **self.admin_site.each_context(request),
            **timeline_context(request, customer),
            "title": _("What happened with %(name)s") % {"name": customer},
            "opts": self.opts,
            "customer": customer,
            "customer_url": reverse("admin:customers_customer_change", args=[customer.pk]),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "office/timeline.html", context)

    def get_queryset(self, request: StaffRequest) -> QuerySet[Customer]:
        return super().get_queryset(request).select_related("agency", "merged_into")

    def get_search_results(
        self, request: StaffRequest, queryset: QuerySet[Customer], text: str
    ) -> tuple[QuerySet[Customer], bool]:
        """By whatever the caller can give; by a part of a code, a number or a name only for those who see them whole.

        In the order of their names; the files that ask a reason are the last, in the order of their numbers.
        """
        if not (text := search_words(text)):
            return queryset, False
        ids = ids_for(request.user, queryset, text, MOST_FOUND, partly=by_parts(request.user))
        found = queryset.filter(pk__in=ids)
        if not may_see_whole(request.user, Kind.NAME):
            return found.order_by("pk"), False
        if not (shut := closed_to(request.user, ids)):
            return found.order_by("search_key", "pk"), False
        by_name = Case(When(pk__in=shut, then=Value("")), default="search_key")
        return found.order_by(Case(When(pk__in=shut, then=1), default=0), by_name, "pk"), False


# --- Policies and claims ------------------------------------------------------------------------------------------
class ExpiringFilter(WorkFilter[PolicyQuerySet]):
    """All policies, those about to expire, or those whose risk certificate should be there and is not."""

    title = _("expiry")
    default = "all"
    lookup_choices_shown = (
        ("all", _("All")),
        ("expiring", _("Expiring within 30 days")),
        ("certificate", _("Risk certificate missing")),
    )

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return self.lookup_choices_shown

    def narrowed(self, request: HttpRequest, queryset: PolicyQuerySet, chosen: str) -> PolicyQuerySet:
        today = timezone.localdate()
        if chosen == "certificate":
            return without_certificate(queryset, today=today)
        if chosen != "expiring":
            return queryset
        return queryset.expiring(today, today + timedelta(days=EXPIRING_DAYS)).without_paid_offer()


class InstalmentPanel(Panel):
    """What is due for the policy."""

    model = Instalment
    fields = ("due_on", "amount", "paid_on")
    ordering = ("-due_on", "-pk")
    show_change_link = False


class AdherentPanel(Panel):
    """Who else the policy covers."""

    model = PolicyAdherent
    fields = ("customer", "starts_on", "ends_on")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("customer")


class ClaimOfPolicyPanel(ClaimPanel):
    """Claims under the policy."""

    fields = ("number", "customer", "kind", "occurred_on", "reported_on", "state_shown")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("customer")


class PaymentOfPolicyPanel(PaymentPanel):
    """What was paid online for the policy, or begun."""

    fields = ("number_shown", "customer", "due_on", "amount", "state_shown", "begun_at")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("customer")


@admin.register(Policy)
class PolicyAdmin(OfficeAdmin[Policy]):
    """Found by number, plate or holder."""

    list_display = ("number", "holder", "product", "plate", "end_shown", "state_shown", "agency")
    list_select_related = ("holder", "agency")
    list_filter = (ExpiringFilter,)
    search_help_text = _("Policy number, plate, or the policyholder in any way")
    customer_path = "holder_id"
    inlines = (
        InstalmentPanel,
        PaymentOfPolicyPanel,
        AdherentPanel,
        ClaimOfPolicyPanel,
        DocumentOfPolicyPanel,
        PolicyValuePanel,
        PolicyPersonPanel,
    )
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number", "state_shown"),
                    ("suspended_on", "suspensions_shown"),
                    ("holder", "agency"),
                    ("ramo_shown", "product"),
                    "plate",
                    ("sum_insured", "premium"),
                    ("starts_on", "end_shown"),
                    ("annual", "tacit_renewal"),
                    "grace_days",
                    ("created_at", "updated_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Policy]:
        return with_renewed_until(super().get_queryset(request)).select_related("holder", "agency")

    def get_ordering(self, request: StaffRequest) -> Sequence[str | Combinable]:
        soonest = chosen_work(request, "all") in ("expiring", "certificate")
        return ("ends_on", "pk") if soonest else self.ordering

    def find(self, queryset: QuerySet[Policy], text: str) -> QuerySet[Policy]:
        code = "".join(text.split()).upper()
        ids = set(queryset.filter(number__startswith=code).order_by().values_list("pk", flat=True)[:MOST_FOUND])
        holders = Q(holder__in=customers_named(text))
        plates = queryset.exclude(plate="").filter(plate__startswith=code).order_by()
        ids.update(plates.values_list("pk", flat=True)[:MOST_FOUND])
        ids.update(queryset.filter(holders).order_by().values_list("pk", flat=True)[:MOST_FOUND])
        return queryset.filter(pk__in=ids)

    @display(description=_("expires on"), ordering="ends_on")
    def end_shown(self, policy: Policy) -> str:
        return end_of(policy)

    @display(description=_("line of business (ramo)"))
    def ramo_shown(self, policy: Policy) -> str:
        """The code with its name."""
        return f"{policy.ramo} – {ramo(policy.ramo).label}"

    @display(description=_("suspensions of the cover"))
    def suspensions_shown(self, policy: Policy) -> str:
        """Each with its days, newest first."""
        return "; ".join(map(_suspension, suspensions_of(policy))) or "–"

    @badge(description=_("state"), tones=POLICY_TONES)
    def state_shown(self, policy: Policy) -> tuple[str, str]:
        return policy.state, policy.get_state_display()


def _suspension(suspension: Suspension) -> str:
    first = formats.date_format(suspension.since, "SHORT_DATE_FORMAT")
    if suspension.until is None:
        return _("since %(first)s") % {"first": first}
    days = {"first": first, "last": formats.date_format(suspension.until, "SHORT_DATE_FORMAT")}
    return (_("%(first)s – %(last)s, reactivated") if suspension.was_reactivated else _("%(first)s – %(last)s")) % days


def _lines(text: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in text.splitlines()))


def _without_signatures(fields: Iterable[Any]) -> list[Any]:
    return [
        "kind" if isinstance(each, tuple) and each[0] == "kind" else each for each in fields
    ]  # they stand beside it


class ClaimWorkFilter(WorkFilter[ClaimQuerySet]):
    """Claims still open at first."""

    title = _("claims shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Open")), ("unnumbered", _("Without their repertory number")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: ClaimQuerySet, chosen: str) -> ClaimQuerySet:
        if chosen == "unnumbered":
            return queryset.waiting_for_number()
        return queryset.open() if chosen == "open" else queryset


@admin.register(Claim)
class ClaimAdmin(OfficeAdmin[Claim]):
    """Found by repertory number, policy or the person who reported it."""

    list_display = ("number", "customer", "policy", "kind", "reported_on", "state_shown", "adjuster")
    list_select_related = ("customer", "policy")
    list_filter = (ClaimWorkFilter,)
    list_commands = (ReportClaimFor(),)
    search_help_text = _("Number of the claim or of its report, policy number, or the person in any way")
    customer_path = "customer_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number_shown", "report_number"),
                    "state_shown",
                    ("customer", "policy"),
                    ("kind", "signed_by_both"),
                    "description",
                    "place",
                    ("occurred_on", "occurred_time"),
                    "reported_on",
                    ("complete_on", "legal_day_shown"),
                    ("adjuster", "adjuster_phone"),
                    ("assessor", "repairer"),
                    ("visit_on", "visit_place"),
                    ("offered_on", "offered_amount"),
                    "refusal_reason",
                    "accepted_on",
                    ("paid_on", "paid_amount"),
                    ("created_at", "updated_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Claim]:
        return super().get_queryset(request).select_related("customer", "policy", "report__sent_by", "report__beside")

    def get_inlines(self, request: StaffRequest, obj: Claim | None) -> list[type[Panel]]:
        return list(CLAIM_PAGE)

    def get_fieldsets(self, request: StaffRequest, obj: Claim | None = None) -> list[Any]:
        """With what was answered when it was reported, for those who may read it; signatures only where vehicles collide."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and guide_for(obj.policy.ramo) is not MOTOR:
            fieldsets = [
                (title, {**options, "fields": _without_signatures(options["fields"])}) for title, options in fieldsets
            ]
        if hasattr(obj, "report") and may_read(request.user, ClaimReport):
            fieldsets.append((_("What was reported"), {"fields": ["sent_shown", "report_shown"]}))
        return fieldsets

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/<uuid:key>/", view, name="customers_claim_file"), *super().get_urls()]

    def file_view(self, request: StaffRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
        """A file of the claim, as a download; that somebody took it is written down."""
        if not may_read(request.user, ClaimFile):
            raise PermissionDenied
        files = ClaimFile.objects.visible_to(request.user).select_related("claim").filter(claim=pk, key=key)
        if (file := files.first()) is None or file.claim is None:
            raise Http404
        self.write_down(request, file.claim)
        return attachment_response(file)

    @display(description=_("repertory number"))
    def number_shown(self, claim: Claim) -> str:
        """Until it is given, the claim's number is that of the report, which stands beside it."""
        return str(_("not given yet")) if claim.waits_for_number else claim.number

    @display(description=_("sent"))
    def sent_shown(self, claim: Claim) -> str:
        """By whom, when and how; and beside which earlier claim of the same day."""
        report = claim.report
        words = {
            "when": written_moment(report.sent_at, "il"),
            "by": report.sent_by,
            "how": report.get_channel_display(),
        }
        sentence = _("on %(when)s by %(by)s (%(how)s)") % words
        if report.beside is None:
            return sentence
        beside = _("another event than that of %(number)s, says the reporter") % {"number": report.beside}
        return f"{sentence}; {beside}"

    @display(description=_("answers"))
    def report_shown(self, claim: Claim) -> SafeString:
        """The answers under their steps, as they were given."""
        report = claim.report
        return format_html_join(
            "",
            "<p><strong>{}</strong></p><dl class='vc-answers'>{}</dl>",
            (
                (
                    step.title,
                    format_html_join(
                        "",
                        "<dt>{}</dt><dd dir='auto'>{}</dd>",
                        ((row.label, _lines(seen_text_of(claim, row.text))) for row in rows),
                    ),
                )
                for step, rows in shown_steps(GUIDES[report.guide], report.answers)
                if rows
            ),
        )

    @display(description=_("by law due by"))
    def legal_day_shown(self, claim: Claim) -> str:
        """What the law wants next and by which day, with the days left; a dash where it sets none."""
        due = next(((step.name, step.by) for step in steps_of(claim) if step.by and not step.is_done), None)
        if due is None:
            return "–"
        name, by = due
        left = (by - timezone.localdate()).days
        sentence = _("%(step)s: by %(day)s") % {"step": name, "day": written_day(by, "il")}
        if left < 0:
            far = ngettext("%(n)d day late", "%(n)d days late", -left) % {"n": -left}
        else:
            far = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
        return f"{sentence} ({far})"

    def get_ordering(self, request: StaffRequest) -> Sequence[str | Combinable]:
        return ("reported_on", "pk") if chosen_work(request) == "open" else self.ordering

    def find(self, queryset: QuerySet[Claim], text: str) -> QuerySet[Claim]:
        code = "".join(text.split()).upper()
        asked = (
            Q(number__startswith=code),
            Q(pk__in=Claim.objects.with_number(text).values("pk")),
            Q(policy__in=Policy.objects.filter(number__startswith=code).values("pk")),
            Q(customer__in=customers_named(text)),
        )
        ids: set[int] = set()
        for question in asked:
            ids.update(queryset.filter(question).order_by().values_list("pk", flat=True)[:MOST_FOUND])
        return queryset.filter(pk__in=ids)

    @badge(description=_("state"), tones=CLAIM_TONES)
    def state_shown(self, claim: Claim) -> tuple[str, str]:
        return claim.state, claim.get_state_display()


@admin.register(Consent)
class ConsentAdmin(OfficeAdmin[Consent]):
    """The ledger, newest first. It is evidence: nothing here can be changed by anybody."""

    list_display = ("customer", "purpose", "channel", "event_shown", "source", "recorded_at")
    list_select_related = ("customer",)
    search_help_text = _("The customer, in any way")
    customer_path = "customer_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    "customer",
                    ("purpose", "channel"),
                    "event",
                    ("text_version", "source"),
                    "evidence",
                    ("recorded_by", "recorded_at"),
                ]
            },
        ),
    )

    def find(self, queryset: QuerySet[Consent], text: str) -> QuerySet[Consent]:
        return queryset.filter(customer__in=customers_named(text))

    @badge(description=_("event"), tones=CONSENT_TONES)
    def event_shown(self, consent: Consent) -> tuple[str, str]:
        return consent.event, consent.get_event_display()


@admin.register(ReservedAreaAccount)
class ReservedAreaAccountAdmin(OfficeAdmin[ReservedAreaAccount]):
    """The people who sign in to the reserved area, each for a customer."""

    list_display = ("customer", "user", "capacity", "valid_until", "state_shown", "last_used_at", "enrolled_at")
    list_select_related = ("customer", "user")
    list_filter = ("capacity",)
    search_help_text = _("The customer in any way, or the e-mail address of the sign-in")
    customer_path = "customer_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("customer", "user"),
                    ("capacity", "rights_shown"),
                    ("valid_from", "valid_until"),
                    ("mandate_shown", "given_by"),
                    ("state_shown", "last_used_at"),
                    ("terms_version", "terms_accepted_at"),
                    ("enrolled_at", "ended_at"),
                    ("ended_by", "end_reason"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[ReservedAreaAccount]:
        return super().get_queryset(request).select_related("customer", "user", "mandate", "given_by", "ended_by")

    def find(self, queryset: QuerySet[ReservedAreaAccount], text: str) -> QuerySet[ReservedAreaAccount]:
        users = list(User.objects.filter(email=text.lower()).values_list("pk", flat=True))
        return queryset.filter(Q(customer__in=customers_named(text)) | Q(user__in=users))

    @badge(description=_("state"), tones=ACCOUNT_TONES)
    def state_shown(self, account: ReservedAreaAccount) -> tuple[str, str]:
        return state_of(account)

    @display(description=pgettext_lazy("rights", "may"))
    def rights_shown(self, account: ReservedAreaAccount) -> str:
        return in_words(account.rights, account.capacity)

    @display(description=_("document"))
    def mandate_shown(self, account: ReservedAreaAccount) -> SafeString | str:
        return document_link(account.mandate) if account.mandate is not None else "–"


@admin.register(AccessLog)
class AccessLogAdmin(OfficeAdmin[AccessLog]):
    """Who opened whose file."""

    list_display = ("at", "user", "customer", "opened", "reason_kind", "reason")
    list_select_related = ("user", "customer")
    search_help_text = _("The customer in any way, or the e-mail address of the person")
    fieldsets = ((None, {"fields": ["at", ("user", "customer"), "opened", ("reason_kind", "reason")]}),)

    @display(description=_("what was opened"))
    def opened(self, row: AccessLog) -> str:
        return opened_in_words(row.what)

    def find(self, queryset: QuerySet[AccessLog], text: str) -> QuerySet[AccessLog]:
        users = list(User.objects.filter(email=text.lower()).values_list("pk", flat=True))
        return queryset.filter(Q(user__in=users) if users else Q(customer__in=customers_named(text)))


# --- The sales network --------------------------------------------------------------------------------------------
class MemberPanel(Panel):
    """The people of the agency."""

    model = AgencyMember
    fields = ("user", "is_principal", "is_active")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user")


@admin.register(Agency)
class AgencyAdmin(OfficeAdmin[Agency]):
    """The agencies of the sales network, a few hundred."""

    list_display = ("name", "code", "city", "province", "phone", "is_active")
    ordering = (Folded("name"), "code")
    search_help_text = _("Name, code or city")
    inlines = (MemberPanel,)
    addable = True
    editable = (
        "code",
        "name",
        "rui_number",
        "address",
        "postal_code",
        "city",
        "province",
        "phone",
        "email",
        "pec",
        "is_active",
    )
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("code", "rui_number"),
                    "is_active",
                    "name",
                    ("address", "postal_code"),
                    ("city", "province"),
                    ("phone", "email"),
                    "pec",
                ]
            },
        ),
    )

    def find(self, queryset: QuerySet[Agency], text: str) -> QuerySet[Agency]:
        """A small table: read whole."""
        return queryset.filter(Q(name__icontains=text) | Q(code__istartswith=text) | Q(city__istartswith=text))


# --- The people who sign in ---------------------------------------------------------------------------------------
class UserForm(forms.ModelForm):
    """A person and their roles. No password: a person who signs in for the first time asks for one by e-mail."""

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "language", "is_active", "groups", "heads_complaints")
        labels = {"groups": _("Roles")}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean(self) -> dict[str, Any]:
        """One person heads the complaints office, and one who may follow complaints."""
        super().clean()
        if self.cleaned_data.get("heads_complaints"):
            chosen = self.cleaned_data.get("groups")  # nobody chooses those of their own
            self._refuse_head(self.instance.groups.all() if chosen is None else chosen)
        return self.cleaned_data

    def _refuse_head(self, groups: Iterable[Group]) -> None:
        head = User.objects.filter(heads_complaints=True).exclude(pk=self.instance.pk).first()
        if head is not None:
            sentence = gettext("%(name)s heads the complaints office: take it from them first.") % {"name": head}
            self.add_error("heads_complaints", ValidationError(sentence, code="other_head"))
        elif roles.MAY_HEAD_COMPLAINTS.isdisjoint(group.name for group in groups):
            sentence = gettext("A complaint officer or a manager heads the complaints office.")
            self.add_error("heads_complaints", ValidationError(sentence, code="no_officer"))


class MembershipPanel(Panel):
    """The agencies whose customers the person sees."""

    model: type[Model] = AgencyMember
    fields: tuple[str, ...] = ("agency", "is_principal", "is_active")
    autocomplete_fields = ("agency",)
    tab = False
    show_change_link = False
    max_num = None

    def get_readonly_fields(self, request: StaffRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ()

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("agency")

    def has_add_permission(self, request: StaffRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("customers.add_agencymember")

    def has_change_permission(self, request: StaffRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("customers.change_agencymember")


class CampaignAgencyForm(forms.ModelForm):
    """A row of the record; one that was added counts though no agency was chosen: it is the company over all of them."""

    def has_changed(self) -> bool:
        """Whether there is anything to save."""
        return self.instance.pk is None or super().has_changed()


class CampaignAgencyPanel(MembershipPanel):
    """The agencies that a campaign author writes promotions for."""

    model = CampaignAgency
    form = CampaignAgencyForm
    fields = ("agency", "is_active")

    def has_add_permission(self, request: StaffRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("customers.add_campaignagency")

    def has_change_permission(self, request: StaffRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("customers.change_campaignagency")


class PeopleFilter(WorkFilter[QuerySet[User]]):
    """Staff at first: the people of the reserved area are hundreds of thousands."""

    title = _("people")
    default = "staff"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("staff", _("Staff")), ("unused", _("Staff not seen for 90 days")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: QuerySet[User], chosen: str) -> QuerySet[User]:
        if chosen == "unused":
            return unused_accounts(queryset, timezone.now())
        return queryset.filter(is_staff=True) if chosen == "staff" else queryset


class UserAdmin(OfficeAdmin[User]):
    """People, their roles and agencies. Whether they may enter the back office follows from the roles.

    It is registered further up, with what belongs to the sign-in.
    """

    form = UserForm
    list_display = ("email", "last_name", "first_name", "roles_shown", "is_active", "last_login")
    list_filter = (PeopleFilter,)
    ordering = ("email",)
    search_help_text = _("The beginning of the e-mail address; for staff, a name")
    inlines = (MembershipPanel, CampaignAgencyPanel)
    addable = True
    editable = ("email", "first_name", "last_name", "language", "is_active", "groups", "heads_complaints")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    "email",
                    ("last_name", "first_name"),
                    "language",
                    "groups",
                    "heads_complaints",
                    "is_active",
                    ("is_staff", "last_login"),
                    "date_joined",
                ]
            },
        ),
    )
    add_fieldsets = ((None, {"fields": ["email", ("last_name", "first_name", "language"), "groups", "is_active"]}),)

    def has_change_permission(self, request: StaffRequest, obj: User | None = None) -> bool:
        """An administrator does not touch a superuser, who is above the roles."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def get_queryset(self, request: StaffRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def find(self, queryset: QuerySet[User], text: str) -> QuerySet[User]:
        """The address's beginning from its index; a name among the staff alone, who are few."""
        staff = Q(is_staff=True) & (Q(last_name__icontains=text) | Q(first_name__icontains=text))
        ids = set(queryset.filter(email__startswith=text.lower()).order_by().values_list("pk", flat=True)[:MOST_FOUND])
        ids.update(queryset.filter(staff).order_by().values_list("pk", flat=True)[:MOST_FOUND])
        return queryset.filter(pk__in=ids)

    def save_model(self, request: StaffRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        if "groups" in form.cleaned_data:
            names = {group.name for group in form.cleaned_data["groups"]}
            obj.is_staff = obj.is_superuser or not names.isdisjoint(roles.STAFF)
        super().save_model(request, obj, form, change)

    @display(description=_("roles"))
    def roles_shown(self, user: User) -> str:
        names = sorted((str(roles.NAMES.get(group.name, group.name)) for group in user.groups.all()), key=sort_key)
        if user.heads_complaints:
            names.append(gettext("heads the complaints office"))
        return ", ".join(names) or "–"

    def formfield_for_manytomany(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label_from_instance = lambda group: str(roles.NAMES.get(group.name, group.name))
        return field


@admin.register(Group)
class GroupAdmin(OfficeAdmin[Group]):
    """The roles, to be read: what each may do is written in the program and restored at each migrate."""

    list_display = ("name_shown", "name")
    ordering = ("name",)
    search_fields = ()
    fieldsets = ((None, {"fields": ["name_shown", "name", "may_do"]}),)

    @display(description=_("role"))
    def name_shown(self, group: Group) -> str:
        return str(roles.NAMES.get(group.name, group.name))

    @display(description=_("what it may do"))
    def may_do(self, group: Group) -> str:
        words = group.permissions.values_list("content_type__app_label", "codename")
        return ", ".join(sorted(f"{app}.{codename}" for app, codename in words)) or "–"


# --- Payments: their pages are in customers/payments/office.py ----------------------------------------------------------
admin.site.register(Payment, PaymentAdmin)
admin.site.register(PaymentIncident, PaymentIncidentAdmin)
admin.site.register(RefundDue, RefundDueAdmin)
admin.site.register(RenewalOffer, RenewalOfferAdmin)
