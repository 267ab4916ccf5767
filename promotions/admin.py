"""The back office of promotions: the list, a promotion's own page, and the panels of a customer's file."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge
from foundation.requests import StaffRequest
from promotions.models import ContactPause, Promotion, PromotionEvent, Recipient
from promotions.models.promotion import PromotionQuerySet
from promotions.office import LIST_COMMANDS, PROMOTION_COMMANDS
from promotions.page import page_of
from promotions.results.office import results_view
from promotions.telephone.office import CalledPersonAdmin, CallListAdmin, OppositionCheckAdmin

__all__ = ["CallListAdmin", "CalledPersonAdmin", "OppositionCheckAdmin", "PromotionAdmin"]

State = Promotion.State
STATE_TONES = {
    State.SUBMITTED: "warning",
    State.APPROVED: "info",
    State.SENDING: "info",
    State.PAUSED: "warning",
    State.STOPPED: "danger",
    State.FINISHED: "success",
}
RECIPIENT_TONES = {
    Recipient.State.WRITTEN: "success",
    Recipient.State.WAITING: "info",
    Recipient.State.EXCLUDED: "warning",
}


class PromotionEventPanel(Panel):
    """Who moved it, and why."""

    model = PromotionEvent
    fields = ("at", "old", "new", "words", "by_shown")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")

    @display(description=_("by"))
    def by_shown(self, event: PromotionEvent) -> str:
        return str(event.by or _("by itself"))


class PromotionFilter(WorkFilter[PromotionQuerySet]):
    """What is going on at first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Going on")), ("submitted", _("To approve")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: PromotionQuerySet, chosen: str) -> PromotionQuerySet:
        if chosen == "submitted":
            return queryset.filter(state=State.SUBMITTED)
        return queryset.going_on() if chosen == "open" else queryset


@admin.register(Promotion)
class PromotionAdmin(OfficeAdmin[Promotion]):
    """Promotions as their writers and approvers work on them. Everything is done by commands."""

    own_commands = PROMOTION_COMMANDS
    list_commands = LIST_COMMANDS
    list_display = ("name", "agency_shown", "state_shown", "ramo_shown", "send_from", "not_after", "writer")
    list_filter = (PromotionFilter,)
    search_help_text = _("The beginning of the name")
    inlines = (PromotionEventPanel,)
    change_form_outer_before_template = "office/promotion_head.html"
    fieldsets = (
        (
            _("Who and when"),
            {
                "fields": [
                    ("name", "state_shown"),
                    ("agency_shown", "controller"),
                    ("writer", "last_written_by"),
                    ("approved_by", "approved_at"),
                    ("send_from", "not_after"),
                    ("begun_at", "ended_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Promotion]:
        queryset = super().get_queryset(request)
        return queryset.select_related("agency", "writer", "last_written_by", "approved_by").defer("text", "sms_text")

    def get_urls(self) -> list[Any]:
        results = self.admin_site.admin_view(results_view)
        return [path("risultati/", results, name="promotions_promotion_results"), *super().get_urls()]

    def find(self, queryset: QuerySet[Promotion], text: str) -> QuerySet[Promotion]:
        return queryset.filter(name__istartswith=text)

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: Promotion | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context["promotion_page"] = page_of(obj, now=timezone.now())
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @display(description=_("agency"))
    def agency_shown(self, promotion: Promotion) -> str:
        return str(promotion.agency or _("the company, over all agencies"))

    @display(description=_("product"))
    def ramo_shown(self, promotion: Promotion) -> str:
        return promotion.get_ramo_display()

    @badge(description=_("state"), tones=STATE_TONES)
    def state_shown(self, promotion: Promotion) -> tuple[str, str]:
        return promotion.state, promotion.get_state_display()


# --- In a customer's file -------------------------------------------------------------------------------------------
class RecipientPanel(Panel):
    """Which promotions the customer had, on whose permission; and which not, and why."""

    model = Recipient
    fk_name = "customer"
    fields = ("drawn_at", "promotion_shown", "state_shown", "reason_shown", "channel", "allowed_shown")
    ordering = ("-drawn_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("promotion", "consent", "policy")

    @display(description=_("promotion"))
    def promotion_shown(self, recipient: Recipient) -> str:
        return recipient.promotion.subject

    @badge(description=_("state"), tones=RECIPIENT_TONES)
    def state_shown(self, recipient: Recipient) -> tuple[str, str]:
        return recipient.state, recipient.get_state_display()

    @display(description=_("why not"))
    def reason_shown(self, recipient: Recipient) -> str:
        return recipient.get_reason_display() or "–"

    @display(description=_("allowed by"))
    def allowed_shown(self, recipient: Recipient) -> str:
        if recipient.consent is not None:
            return f"{recipient.consent} ({timezone.localtime(recipient.consent.recorded_at):%d/%m/%Y})"
        return str(recipient.policy or "–")


class ContactPausePanel(Panel):
    """When the customer was, or is, not to hear of promotions."""

    model = ContactPause
    fk_name = "customer"
    fields = ("ground", "until", "set_by", "set_at", "ended_by", "ended_at")
    ordering = ("-set_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("set_by", "ended_by")
