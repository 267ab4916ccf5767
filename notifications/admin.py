"""The back office of notices: the outbox, what is in trouble first, and the notices in a customer's file."""

import re
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin import customers_named
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge
from foundation.requests import StaffRequest
from notifications import office
from notifications.kinds import confidential_codes, name_of
from notifications.models import Notice, NoticeEvent, NoticeQuerySet, SuppressedAddress, SuppressedAddressQuerySet

TONES = {
    Notice.State.QUEUED: "info",
    Notice.State.SENDING: "info",
    Notice.State.SENT: "success",
    Notice.State.REFUSED: "danger",
    Notice.State.IN_DOUBT: "warning",
}
# An address with a secret in its path, which lets in whoever has it; an ordinary word of an address is shorter.
SECRET_ADDRESS = re.compile(r"https?://\S+/[\w-]{20,}\S*")


class NoticePanel(Panel):
    """What was written to the customer."""

    model = Notice
    fields = ("said_shown", "channel", "address", "state_shown", "created_at", "sent_at")
    ordering = ("-created_at", "-pk")

    @display(description=_("subject"))
    def said_shown(self, notice: Notice) -> str:
        return str(notice)

    @badge(description=_("state"), tones=TONES)
    def state_shown(self, notice: Notice) -> tuple[str, str]:
        return notice.state, notice.get_state_display()


class EventPanel(Panel):
    """What happened to the notice out of the ordinary."""

    model = NoticeEvent
    fields = ("at", "old", "new", "detail", "by")
    ordering = ("-at", "-pk")
    tab = False
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")


class NoticeFilter(WorkFilter[NoticeQuerySet]):
    """All, or those that want a person's eye, or those still waiting."""

    title = _("notices shown")
    default = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("all", _("All")),
            ("trouble", _("In trouble")),
            ("doubt", _("In doubt")),
            ("waiting", _("Waiting to go")),
            ("by_hand", _("To be sent by post or PEC")),
        )

    def narrowed(self, request: HttpRequest, queryset: NoticeQuerySet, chosen: str) -> NoticeQuerySet:
        if chosen == "trouble":
            return queryset.in_trouble()
        if chosen == "doubt":
            return queryset.filter(state=Notice.State.IN_DOUBT)
        if chosen == "by_hand":
            return queryset.by_hand()
        return queryset.filter(state=Notice.State.QUEUED) if chosen == "waiting" else queryset


@admin.register(Notice)
class NoticeAdmin(OfficeAdmin[Notice]):
    """The outbox, newest first. What was sent is shown as it was written, what waits as it would be written now."""

    own_commands = [
        office.SentByHand(),
        office.ConfirmSent(),
        office.SendAgain(),
        office.TryAgain(),
        office.Withhold(),
    ]
    list_commands = [office.DecideDoubts(), office.SentManyByHand()]
    inlines = (EventPanel,)
    list_display = ("said_shown", "kind_shown", "channel", "recipient", "state_shown", "attempts", "created_at")
    list_filter = (NoticeFilter,)
    search_help_text = _("The customer in any way, or the unique key of the notice")
    customer_path = "customer_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("state_shown", "kind_shown"),
                    "channel",
                    ("customer", "user"),
                    "address",
                    "said_shown",
                    "text_shown",
                    ("is_promotional", "language"),
                    ("attempts", "problem"),
                    "receipt",
                    ("once", "message_id"),
                    ("created_at", "send_after"),
                    ("claimed_at", "sent_at"),
                    ("expires_at", "read_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Notice]:
        queryset = super().get_queryset(request).select_related("customer", "user")
        place = request.resolver_match.url_name if request.resolver_match else None
        is_page = place is not None and place.endswith("_change")
        return queryset if is_page else queryset.defer("body_text", "body_html")

    def find(self, queryset: QuerySet[Notice], text: str) -> QuerySet[Notice]:
        return queryset.filter(Q(once=text) | Q(customer__in=customers_named(text)))

    @display(description=_("subject"))
    def said_shown(self, notice: Notice) -> str:
        return str(notice)

    @display(description=_("text"))
    def text_shown(self, notice: Notice) -> str:
        """The text as it was written, but for a link that lets its holder in."""
        if notice.kind in confidential_codes():
            return str(_("Not shown: the message has a link that is for its recipient alone."))
        return SECRET_ADDRESS.sub(lambda _found: f"[{_('address for the recipient alone')}]", notice.wording.text)

    @display(description=_("kind"))
    def kind_shown(self, notice: Notice) -> str:
        return name_of(notice.kind)

    @display(description=_("for"))
    def recipient(self, notice: Notice) -> str:
        return str(notice.customer or notice.user or notice.address)

    @badge(description=_("state"), tones=TONES)
    def state_shown(self, notice: Notice) -> tuple[str, str]:
        return notice.state, notice.get_state_display()


class SuppressionFilter(WorkFilter[SuppressedAddressQuerySet]):
    """Those in force at first."""

    title = _("suppressions shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("In force")), ("all", _("All")))

    def narrowed(
        self, request: HttpRequest, queryset: SuppressedAddressQuerySet, chosen: str
    ) -> SuppressedAddressQuerySet:
        return queryset.in_force() if chosen == "open" else queryset


@admin.register(SuppressedAddress)
class SuppressedAddressAdmin(OfficeAdmin[SuppressedAddress]):
    """Addresses to which nothing is sent any more, newest first."""

    own_commands = [office.LiftSuppression()]
    list_commands = [office.LiftMany()]
    list_display = ("address", "channel", "reason", "since", "by", "lifted_at")
    list_select_related = ("by",)
    list_filter = (SuppressionFilter,)
    search_help_text = _("The whole address")
    fieldsets = (
        (
            None,
            {"fields": [("address", "channel"), ("reason", "since"), "detail", "by", ("lifted_at", "lifted_by")]},
        ),
    )

    def find(self, queryset: QuerySet[SuppressedAddress], text: str) -> QuerySet[SuppressedAddress]:
        return queryset.filter(address=text.lower())
