"""The back office of notices: the outbox, what is in trouble first, and the notices in a customer's file."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin import customers_named
from foundation.files.downloads import download
from foundation.masking import Kind, seen_of, seen_text_of
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge
from foundation.requests import StaffRequest
from notifications import office
from notifications.alerts.office import AlertRuleAdmin
from notifications.hiding import without_secret_addresses
from notifications.kinds import confidential_codes, name_of
from notifications.letters.office import LetterBatchAdmin
from notifications.models import (
    DeliveryReport,
    Notice,
    NoticeEvent,
    NoticeQuerySet,
    SuppressedAddress,
    SuppressedAddressQuerySet,
)
from notifications.proof.office import proof_view
from notifications.returns.office import ReturnedMessageAdmin
from notifications.sendings.life import life_of
from notifications.sendings.office import DecideFailures, TryChannel, person_view, sendings_view
from notifications.texts.office import NoticeTextAdmin
from notifications.texts.page import version_link
from notifications.why.queries import why

__all__ = [
    "AlertRuleAdmin",
    "LetterBatchAdmin",
    "NoticeAdmin",
    "NoticeTextAdmin",
    "ReturnedMessageAdmin",
    "SuppressedAddressAdmin",
]

TONES = {
    Notice.State.QUEUED: "info",
    Notice.State.SENDING: "info",
    Notice.State.SENT: "success",
    Notice.State.REFUSED: "danger",
    Notice.State.IN_DOUBT: "warning",
}

SIGNATURE_TONES = {
    DeliveryReport.Signature.VERIFIED: "success",
    DeliveryReport.Signature.UNVERIFIED: "warning",
    DeliveryReport.Signature.WRONG: "danger",
}


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


class ReportPanel(Panel):
    """What was reported of it after it was sent."""

    model = DeliveryReport
    fields = ("happened_at", "outcome", "signature_shown", "detail", "original_shown", "by", "received_at")
    ordering = ("-happened_at", "-pk")
    tab = False
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        reports = super().get_queryset(request).select_related("by")
        return reports.annotate(has_original=Q(original__isnull=False)).defer("original")

    @badge(description=_("signature"), tones=SIGNATURE_TONES)
    def signature_shown(self, report: DeliveryReport) -> tuple[str, str]:
        """What the signature of the receipt is worth, and whose it is."""
        words = report.get_signature_display()
        return report.signature, f"{words}: {report.signer}" if report.signer else words

    @display(description=_("as it came"))
    def original_shown(self, report: DeliveryReport) -> str:
        if not getattr(report, "has_original", False):
            return "–"
        address = reverse("admin:notifications_notice_report", args=[report.notice_id, report.pk])
        return format_html('<a href="{}" class="vc-link">{}</a>', address, _("Save the receipt"))


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
            ("came_back", _("Came back")),
            ("held", _("Held back by a limit")),
            ("beyond", _("Beyond a limit")),
        )

    def narrowed(self, request: HttpRequest, queryset: NoticeQuerySet, chosen: str) -> NoticeQuerySet:
        if chosen == "trouble":
            return queryset.in_trouble()
        if chosen == "doubt":
            return queryset.filter(state=Notice.State.IN_DOUBT)
        if chosen == "by_hand":
            return queryset.by_hand()
        if chosen == "came_back":
            return queryset.came_back()
        if chosen == "held":
            return queryset.held_back()
        if chosen == "beyond":
            return queryset.beyond_limits()
        return queryset.filter(state=Notice.State.QUEUED) if chosen == "waiting" else queryset


@admin.register(Notice)
class NoticeAdmin(OfficeAdmin[Notice]):
    """The outbox, newest first. What was sent is shown as it was written, what waits as it would be written now."""

    own_commands = [
        office.SentByHand(),
        office.ConfirmSent(),
        office.SendAgain(),
        office.TryAgain(),
        office.CameBack(),
        office.Withhold(),
    ]
    list_commands = [office.DecideDoubts(), DecideFailures(), TryChannel(), office.SentManyByHand()]
    inlines = (EventPanel, ReportPanel)
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
                    ("channel", "arrival"),
                    "why_shown",
                    "ways_shown",
                    "digest",
                    ("customer", "user"),
                    "address",
                    "said_shown",
                    "text_shown",
                    "made_of_shown",
                    ("is_promotional", "language"),
                    ("attempts", "problem"),
                    "held",
                    "receipt",
                    ("once", "message_id"),
                    ("created_at", "send_after"),
                    ("claimed_at", "sent_at"),
                    ("expires_at", "read_at"),
                ]
            },
        ),
        (_("From its writing to its reading"), {"fields": ["life_shown"]}),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Notice]:
        queryset = super().get_queryset(request).select_related("customer", "user")
        place = request.resolver_match.url_name if request.resolver_match else None
        is_page = place is not None and place.endswith("_change")
        return queryset.select_related("made_of") if is_page else queryset.defer("body_text", "body_html")

    def get_urls(self) -> list[Any]:
        report, proof = self.admin_site.admin_view(self.report_view), self.admin_site.admin_view(proof_view)
        sendings, person = self.admin_site.admin_view(sendings_view), self.admin_site.admin_view(person_view)
        return [
            path("invii/", sendings, name="notifications_notice_sendings"),
            path("persona/<int:customer_id>/", person, name="notifications_notice_person"),
            path("prova/", proof, name="notifications_notice_proof"),
            path("<int:pk>/riscontro/<int:report>/", report, name="notifications_notice_report"),
            *super().get_urls(),
        ]

    def report_view(self, request: StaffRequest, pk: int, report: int) -> HttpResponseBase:
        """A report as it came, such as the receipt of a certified mailbox: the proof, for a court or an authority."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        notice = self.get_queryset(request).filter(pk=pk).first()
        found = DeliveryReport.objects.filter(pk=report, notice=notice, original__isnull=False).first()
        if notice is None or found is None:
            raise Http404
        self.write_down(request, notice)
        return download(bytes(found.original or b""), f"{pk}-{report}.eml", "message/rfc822")

    def find(self, queryset: QuerySet[Notice], text: str) -> QuerySet[Notice]:
        return queryset.filter(Q(once=text) | Q(customer__in=customers_named(text)))

    @display(description=_("subject"))
    def said_shown(self, notice: Notice) -> str:
        return seen_text_of(notice, str(notice))

    @display(description=_("why, as the customer reads it"))
    def why_shown(self, notice: Notice) -> str:
        """One sentence: by what it was owed, and why this way; what became of it where it did not go."""
        return seen_text_of(notice, why(notice))

    @display(description=_("all its ways"))
    def ways_shown(self, notice: Notice) -> str:
        """Every way that was taken about the matter, oldest first: where to, when, and what became of it."""
        ways = [notice]
        if notice.matter != notice.once:
            same = Notice.objects.about(notice.matter).filter(kind=notice.kind, customer=notice.customer_id)
            ways = list(same.for_list())
        rows = []
        for way in ways:
            when = formats.date_format(timezone.localtime(way.sent_at or way.created_at), "SHORT_DATETIME_FORMAT")
            result = str(_("read")) if way.read_at else way.get_arrival_display() if way.arrival else ""
            address = seen_of(notice, Kind.TELEPHONE, way.address) if way.address else ""
            words = [way.get_channel_display(), address, way.get_state_display(), when, result, way.problem]
            link = reverse("admin:notifications_notice_change", args=[way.pk])
            rows.append((link, " · ".join(str(each) for each in words if each)))
        return format_html_join(mark_safe("<br>"), '<a href="{}" class="vc-link">{}</a>', rows)

    @display(description=_("what happened to it"))
    def life_shown(self, notice: Notice) -> SafeString:
        """Everything that is known of it, in the order in which it happened, and the way to all that the person was sent."""
        person = reverse("admin:notifications_notice_person", args=[notice.customer_id]) if notice.customer_id else ""
        shown = [(each, seen_text_of(notice, each.detail)) for each in life_of(notice)]
        return render_to_string("office/notice_life.html", {"moments": shown, "person_url": person})

    @display(description=_("text"))
    def text_shown(self, notice: Notice) -> str:
        """The text as it was written, but for a link that lets its holder in."""
        if notice.kind in confidential_codes():
            return str(_("Not shown: the message has a link that is for its recipient alone."))
        return seen_text_of(notice, without_secret_addresses(notice.wording.text))

    @display(description=_("made of"))
    def made_of_shown(self, notice: Notice) -> str:
        """Which version of the text it was made of; what waits is made of the one that counts when it goes."""
        return version_link(notice.made_of) if notice.is_rendered else str(_("made when it goes"))

    @display(description=_("kind"))
    def kind_shown(self, notice: Notice) -> str:
        return name_of(notice.kind)

    @display(description=_("for"))
    def recipient(self, notice: Notice) -> str:
        return str(notice.customer or notice.user or seen_of(notice, Kind.TELEPHONE, notice.address))

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
            {
                "fields": [
                    ("address", "channel"),
                    ("reason", "since"),
                    "detail",
                    "by",
                    ("lifted_at", "lifted_by"),
                    "lifted_why",
                ]
            },
        ),
    )

    def find(self, queryset: QuerySet[SuppressedAddress], text: str) -> QuerySet[SuppressedAddress]:
        return queryset.filter(address=text.lower())
