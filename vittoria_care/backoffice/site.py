"""The back office: Django's admin, with our menu by task, our first page and our sign-in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial, wraps
from typing import Any

from allauth.account.views import logout as sign_out
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.apps import apps
from django.conf import settings
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.settings import get_config
from unfold.utils import convert_color

from complaints.by_number import told_apart
from complaints.models import Complaint
from contact_center.supervision.menu import quality_items, supervision_items
from customers.access import record_access, require_open
from customers.models import Customer
from customers.sensitive.commands import note_search
from customers.sensitive.restricted import closed_to
from customers.visibility import reach_of
from foundation.office.closed import RESTRICTED
from foundation.office.commands import WithCommands
from foundation.office.read_only import may_read
from foundation.office.site import OfficeSite
from foundation.office.tiles import Begin, OnFirstPage, ShortList, Tile
from foundation.page_before import page_before
from foundation.requests import signed_in_user
from foundation.slots import Slot
from notifications.proof.office import may_open as may_open_proof
from promotions.results.office import SEES as SEES_RESULTS
from vittoria_care.demonstration.mail import is_kept_here

# Unfold comes with the Alpine that compiles the expressions in its templates, and these carry style attributes. Without
# the exception its menus, tabs and filters stand still: it has no build for a strict policy. Only these pages get it.
POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


# --- The first page ------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """The tiles, lists and beginnings of one subject: `count` gives those that a user may see.

    For people with the permission `leads_for` they come first; a superuser, who has every permission, sees the usual order.
    """

    count: Callable[[Any], Iterable[OnFirstPage]]
    leads_for: str = ""

    def leads(self, user: Any) -> bool:
        return bool(self.leads_for) and not user.is_superuser and user.has_perm(self.leads_for)


# What a person should know before they start, as far as they may see it.
FIRST_PAGE: Slot[Part] = Slot("the first page of the back office")


class _Choices(AutocompleteJsonView):
    """What a box of choices finds; a customer whose file asks a reason is found by its code alone.

    Past registers gave numbers twice: their entries are named with day and complainant.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.found, self.closed = 0, set[int]()
        answer = super().get(request, *args, **kwargs)
        if self.closed and request.GET.get("term", "").strip():
            note_search(signed_in_user(request), found=self.found, closed=self.closed)
        return answer

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, Any]:
        found = super().serialize_result(obj, to_field_name)
        self.found += 1
        if isinstance(obj, Customer) and closed_to(signed_in_user(self.request), [obj.pk]):
            self.closed.add(obj.pk)
            found["text"] = f"{RESTRICTED} ({obj.code})"
        if isinstance(obj, Complaint) and obj.is_past:
            found["text"] = told_apart(obj)
        return found


# --- The site ------------------------------------------------------------
class BackOffice(OfficeSite):
    """Every address of the admin, under the relaxed policy; people sign in where everybody does."""

    index_title = _("Overview")
    enable_nav_sidebar = True

    def sees_everything(self, user: Any) -> bool:
        return reach_of(user).everything

    def record_opened(self, user: Any, customer_id: Any, *, what: str) -> None:
        record_access(user, customer_id, what=what)

    def require_open(self, user: Any, customer_id: int) -> None:
        require_open(user, customer_id)

    def note_search(self, user: Any, *, found: int, closed: Iterable[int]) -> None:
        note_search(user, found=found, closed=closed)

    def closed_to(self, user: Any, customer_ids: Iterable[int | None]) -> set[int]:
        return closed_to(user, customer_ids)

    def get_urls(self) -> list[Any]:
        """Leave out Django's redirect from any row's number to its page elsewhere, which checks no permission; and unfold's
        search among names of models, in whose place ours stands (`find.py`)."""
        return [each for each in super().get_urls() if getattr(each, "name", "") not in ("view_on_site", "search")]

    def admin_view(self, view: Callable, cacheable: bool = False) -> Callable:
        """Guard the view. A person whose session ended before they sent a form comes back to its page after signing in."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not request.user.is_authenticated:
                return redirect(reverse("account_login", query={REDIRECT_FIELD_NAME: page_before(request)}))
            return guarded(request, *args, **kwargs)

        return csp_update(POLICY)(entered)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Show the pages of our own apps (`OfficeAdmin`), which start from what their reader may see.

        Those that other packages bring are left out: they do not limit what a reader sees, and some show secrets.
        """
        if admin_class is not None and issubclass(
            admin_class, WithCommands
        ):  # its base: OfficeAdmin may still be loading
            super().register(model_or_iterable, admin_class, **options)

    # --- What unfold computes for every page, computed once
    def _get_config(self, key: str, *arguments: Any) -> Any:
        value = _looks().get(key)
        return self._get_value(value, *arguments) if value else None

    def _get_list(self, key: str, *arguments: Any) -> list[Any]:
        return [self._get_value(item, *arguments) for item in _looks()[key] or ()]

    def _get_colors(self, key: str, *arguments: Any) -> dict[str, dict[str, str]]:
        return _colours(key)

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The menu, with the place of the current page marked: the narrowest, where one stands within another.

        Nothing else of what unfold can put into a menu is used.
        """
        index, here = reverse("admin:index"), request.get_full_path()
        groups = navigation(request)
        items = [item for group in groups for item in group["items"]]
        around = [
            item["link"]
            for item in items
            if (request.path == index if item["link"] == index else here.startswith(item["link"]))
        ]
        for item in items:
            item |= {"active": item["link"] == max(around, key=len, default=None), "has_permission": True}
        return groups

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Every model with what may be done to it. Few pages ask for it, so it is computed when one does."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add what every page needs: the idle time before a sign-out, and whether it shows calls that arrive."""
        return {
            **super().each_context(request),
            "idle_seconds": settings.STAFF_IDLE_MINUTES * 60,
            "rings": request.user.has_perm("contact_center.change_contact"),
        }

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        parts = sorted(FIRST_PAGE, key=lambda part: not part.leads(request.user))
        shown = [each for part in parts for each in part.count(request.user)]
        found = {
            "tiles": [each for each in shown if isinstance(each, Tile)],
            "lists": [each for each in shown if isinstance(each, ShortList)],
            "beginnings": [each for each in shown if isinstance(each, Begin)],
        }
        return super().index(request, {**found, **(extra_context or {})})

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return _Choices.as_view(admin_site=self)(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the project's sign-in; PermissionDenied for a person who has signed in and may not enter."""
        index = reverse("admin:index")
        after = request.GET.get(REDIRECT_FIELD_NAME, index)
        if not url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure()):
            after = index
        if self.has_permission(request):
            return redirect(after)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect(reverse("account_login", query={REDIRECT_FIELD_NAME: after}))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")


@cache
def _looks() -> dict[str, Any]:
    """The settings of the looks (unfold_settings.py), with unfold's own defaults."""
    return get_config("UNFOLD")


@cache
def _colours(key: str) -> dict[str, dict[str, str]]:
    return {
        name: {weight: convert_color(value) for weight, value in weights.items()}
        for name, weights in _looks()[key].items()
    }


def environment_badge(request: HttpRequest) -> list[str] | None:
    """The badge that unfold prints in the header, so that nobody takes a trial for the real system."""
    return None if settings.ENVIRONMENT == "production" else [str(_("Trial")), "warning"]


# --- The menu: by task, not by table ------------------------------------------------------------
# Each entry: its name, its icon (Material Symbols), and the model whose list it opens, as app.model, with the part of the list
# that it shows where that is no list of its own.
NOTICES, PROMOTIONS, COMPLAINTS = _("Notices"), _("Promotions"), _("Complaints")
MENU = [
    (
        _("Contacts"),
        [
            (_("Queue of contacts"), "inbox", "contact_center.contact"),
            (_("Mass events"), "campaign", "contact_center.massevent"),
            (_("Answers to many"), "forward_to_inbox", "contact_center.massanswer"),
            (_("Call-backs"), "phone_callback", "contact_center.contact?work=call_backs"),
            (_("Operations"), "checklist", "customers.operation"),
            (_("Calls"), "call", "contact_center.call"),
            (_("Written requests"), "mail", "contact_center.webformrequest"),
            (_("Known people"), "contact_page", "contact_center.knownperson"),
            (_("Satisfaction"), "thumb_up", "contact_center.satisfactionsurvey"),
            (_("Answered before they wrote"), "quick_reference_all", "contact_center.answeredbeforehand"),
        ],
    ),
    (
        _("Customers"),
        [
            (_("Customers"), "group", "customers.customer"),
            (_("Policies"), "description", "customers.policy"),
            (_("Claims"), "car_crash", "customers.claim"),
            (_("Documents"), "folder_open", "customers.document"),
            (_("Consents"), "fact_check", "customers.consent"),
            (_("Likely duplicates"), "group_search", "customers.duplicatepair"),
            (_("Joined files"), "merge", "customers.customerjoin"),
            (_("Restricted files"), "lock", "customers.filerestriction"),
            (_("Unusual accesses"), "report", "customers.unusualaccess"),
            (_("Accesses to files"), "visibility", "customers.accesslog"),
        ],
    ),
    (
        _("Payments"),
        [
            (_("Payments"), "payments", "customers.payment"),
            (_("Renewal offers"), "event_repeat", "customers.renewaloffer"),
            (_("Refunds due"), "undo", "customers.refunddue"),
            (_("Payment incidents"), "report", "customers.paymentincident"),
        ],
    ),
    (
        COMPLAINTS,
        [
            (_("Complaints"), "gavel", "complaints.complaint"),
            (_("Enquiries to intermediaries"), "contact_support", "complaints.enquiry"),
            (_("Feedback"), "reviews", "complaints.feedback"),
            (_("Requests of IVASS"), "policy", "complaints.regulatorrequest"),
            (_("Appeals to the Arbiter"), "balance", "complaints.arbitratorappeal"),
            (_("Likely complaints"), "lightbulb", "complaints.complainthint"),
            (_("Actions about causes"), "troubleshoot", "complaints.causeaction"),
            (_("Half-year returns"), "assured_workload", "complaints.halfyearreturn"),
            (_("Yearly statements"), "public", "complaints.publicstatement"),
        ],
    ),
    (
        _("Rules of complaints"),
        [
            (_("Intermediaries"), "storefront", "complaints.intermediary"),
            (_("Rules for intermediaries"), "rule", "complaints.intermediaryrule"),
            (_("Codes of the register"), "category", "complaints.code"),
            (_("Checklist of complaints"), "checklist", "complaints.checklistitem"),
            (_("Rules of approval"), "verified", "complaints.approvalrule"),
            (_("Texts of letters"), "article", "complaints.lettertext"),
            (_("Themes of feedback"), "sell", "complaints.feedbacktheme"),
            (_("Words of complaints"), "spellcheck", "complaints.hintphrase"),
            (_("Numbers of the law"), "pin", "complaints.legalfigure"),
            (_("Stops of the Arbiter"), "event_busy", "complaints.termstop"),
            (_("Yearly figures"), "table_view", "complaints.branchfigure"),
            (_("Figures of the market"), "query_stats", "complaints.marketfigure"),
        ],
    ),
    (
        PROMOTIONS,
        [
            (_("Promotions"), "campaign", "promotions.promotion"),
            (_("Call lists"), "phone_in_talk", "promotions.calllist"),
        ],
    ),
    (
        NOTICES,
        [
            (_("Notices sent and to send"), "notifications", "notifications.notice"),
            (_("Returned messages"), "reply_all", "notifications.returnedmessage"),
            (_("Letters by post"), "local_post_office", "notifications.letterbatch"),
            (_("Suppressed addresses"), "unsubscribe", "notifications.suppressedaddress"),
            (_("Texts of notices"), "edit_note", "notifications.noticetext"),
            (_("Alert rules"), "rule_settings", "notifications.alertrule"),
        ],
    ),
    (
        _("Personal data"),
        [
            (_("Requests for erasure"), "person_remove", "customers.erasurerequest"),
            (_("Legal holds"), "lock", "customers.legalhold"),
            (_("Retention periods"), "edit_calendar", "foundation.retentionperiod"),
            (_("Runs of the retention"), "auto_delete", "foundation.retentionrun"),
            (_("Proofs of removals"), "verified", "foundation.retentionproof"),
        ],
    ),
    (
        _("Organisation"),
        [
            (_("Toll-free lines"), "support", "contact_center.tollfreeline"),
            (_("Teams"), "groups", "contact_center.team"),
            (_("Agents"), "support_agent", "contact_center.agent"),
            (_("Skills"), "school", "contact_center.skill"),
            (_("Topics"), "sell", "contact_center.topic"),
            (_("Wrap-up codes"), "task_alt", "contact_center.wrapupcode"),
            (_("Views of the queue"), "bookmarks", "contact_center.queueview"),
            (_("Pause reasons"), "coffee", "contact_center.pausereason"),
            (_("Quality forms"), "checklist_rtl", "contact_center.qualityform"),
            (_("Identity questions"), "verified_user", "contact_center.identityquestion"),
            (_("Service calendars"), "calendar_month", "contact_center.servicecalendar"),
            (_("Service targets"), "timer", "contact_center.servicetarget"),
            (_("Rungs of alert"), "notifications_active", "contact_center.termrung"),
            (_("Agencies"), "storefront", "customers.agency"),
            (_("People who sign in"), "manage_accounts", "customers.user"),
            (_("API keys"), "key", "foundation.apikey"),
        ],
    ),
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's menu for this person: only what they may see, only groups with something in them."""
    today = [{"title": _("Overview"), "icon": "dashboard", "link": reverse("admin:index")}]
    if request.user.has_perm("contact_center.change_contact"):
        today.append({"title": _("My desk"), "icon": "headset_mic", "link": reverse("desk")})
        today.append({"title": _("My state"), "icon": "schedule", "link": reverse("own_state")})
    if request.user.has_perm("contact_center.view_agentstate"):
        today.append({"title": _("Who is on duty"), "icon": "groups_3", "link": reverse("states_board")})
    today += [*supervision_items(request.user), *quality_items(request.user)]
    if request.user.has_perm("contact_center.view_dailyfigures"):
        today.append({"title": _("First-level figures"), "icon": "monitoring", "link": reverse("figures")})
    if is_kept_here():
        today.append({"title": _("Mail of the demonstration"), "icon": "drafts", "link": reverse("demo_mail")})
    groups = [{"title": _("Today"), "items": today}]
    for title, entries in MENU:
        items = [
            {"title": name, "icon": icon, "link": link}
            for name, icon, model in entries
            if may_see(request, model) and (link := list_address(model))
        ]
        if title == NOTICES and request.user.has_perm("notifications.view_notice"):
            items.insert(
                0, {"title": _("Sending"), "icon": "outbox", "link": reverse("admin:notifications_notice_sendings")}
            )
        if title == NOTICES and may_open_proof(request.user):
            address = reverse("admin:notifications_notice_proof")
            items.append({"title": _("Proof of the alerts"), "icon": "verified_user", "link": address})
        if title == COMPLAINTS and request.user.has_perm("complaints.view_causeaction"):
            causes = {
                "title": _("Causes of complaints"),
                "icon": "account_tree",
                "link": reverse("admin:complaints_causeaction_causes"),
            }
            actions = list_address("complaints.causeaction")
            items.insert(next(place for place, item in enumerate(items) if item["link"] == actions), causes)
        if title == PROMOTIONS and request.user.has_perm(SEES_RESULTS):
            address = reverse("admin:promotions_promotion_results")
            items.append({"title": _("Results over promotions"), "icon": "query_stats", "link": address})
        if items:
            groups.append({"title": title, "items": items})
    return groups


def may_see(request: HttpRequest, model: str) -> bool:
    return may_read(request.user, apps.get_model(model.partition("?")[0]))


def list_name(model: str) -> str:
    """The name of a model's list in the menu (`model` is app.model), or the model's own name where the menu has none."""
    for _group, entries in MENU:
        for name, _icon, known in entries:
            if known == model:
                return str(name)
    return capfirst(apps.get_model(model)._meta.verbose_name_plural)


@cache
def list_address(model: str) -> str | None:
    """The address of a model's list, or None where the back office does not show it. Addresses are fixed while we run."""
    try:
        name, mark, part = model.partition("?")
        return reverse(f"admin:{name.replace('.', '_')}_changelist") + mark + part
    except NoReverseMatch:
        return None
