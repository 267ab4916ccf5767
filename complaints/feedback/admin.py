"""The back office of opinions: what waits by age, an opinion's own page, the themes, and the figures."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from complaints.feedback import queries
from complaints.feedback.details import in_words
from complaints.feedback.office import FEEDBACK_COMMANDS
from complaints.feedback.on_the_file import RATING_TONES, SHOWN, STATE_TONES, is_late, rating_in_words
from complaints.feedback.rules import BANDS
from complaints.feedback.views import figures_view
from complaints.models import Feedback, FeedbackEvent, FeedbackTheme
from complaints.models.feedback import FeedbackQuerySet
from customers.admin import customers_named
from customers.models import Customer
from foundation.dates import written_moment
from foundation.masking import names_hidden, seen_text, seen_text_of
from foundation.numbers import whole_number
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge, chosen_work
from foundation.requests import Reader, StaffRequest, signed_in_user
from foundation.text import search_words

LONGEST_VERSION = 30


def _shows_list(request: StaffRequest) -> bool:
    """Whether the page that was asked for is the list, which needs fewer columns than the page of a row."""
    page = request.resolver_match
    return page is not None and str(page.url_name).endswith("_changelist")


# --- What the list may be narrowed by ---------------------------------------------------------------------------------
class FeedbackFilter(WorkFilter[FeedbackQuerySet]):
    """What nobody has answered at first, the oldest before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("open", _("To be answered")),
            ("late", _("Past the target")),
            ("to_post", _("Answer not at the store yet")),
            ("to_close", _("Dealt with, not closed")),
            ("not_themed", _("Without a theme")),
            ("all", _("All")),
        )

    def narrowed(self, request: HttpRequest, queryset: FeedbackQuerySet, chosen: str) -> FeedbackQuerySet:
        if chosen == "late":
            return queryset.unanswered().filter(due_at__lt=timezone.now())
        if chosen == "to_post":
            return queryset.answered_not_posted()
        if chosen == "to_close":
            return queryset.exclude(state__in=[*Feedback.UNANSWERED, Feedback.State.CLOSED])
        if chosen == "not_themed":
            return queryset.filter(theme=None).exclude(text="")
        return queryset.unanswered() if chosen == "open" else queryset


class _Choice(SimpleListFilter):
    """One of a few values of a column; any other part of the address is ignored."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in {str(value) for value, _label in self.lookup_choices}:
            return queryset
        return self.narrowed(queryset, str(self.value()))

    def narrowed(self, queryset: QuerySet, value: str) -> QuerySet:
        """The rows of the choice."""
        return queryset.filter(**{str(self.parameter_name): value})


class AgeFilter(_Choice):
    title, parameter_name = _("waiting for"), "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return [(band.code, band.name) for band in BANDS]

    def narrowed(self, queryset: QuerySet, value: str) -> QuerySet:
        assert isinstance(queryset, FeedbackQuerySet), "the manager of opinions makes it"
        band = next(each for each in BANDS if each.code == value)
        return queries.in_band(queryset, band, timezone.now())


class SourceFilter(_Choice):
    title, parameter_name = _("source"), "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return list(Feedback.Source.choices)


class ThemeFilter(_Choice):
    title, parameter_name = _("theme"), "theme"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return [(theme.code, theme.shown_name) for theme in FeedbackTheme.objects.all()]

    def narrowed(self, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(theme__code=value)


class RatingFilter(_Choice):
    title, parameter_name = _("rating"), "rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return [*((str(stars), str(stars)) for stars in range(1, 6)), ("none", _("not stated"))]

    def narrowed(self, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(rating=None if value == "none" else whole_number(value))


class VersionFilter(SimpleListFilter):
    """The versions of the latest opinions; another one may stand in the address."""

    title, parameter_name = _("version of the app"), "version"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return [(version, version) for version in queries.latest_versions()]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = search_words(self.value() or "")
        return queryset.filter(app_version=value) if 0 < len(value) <= LONGEST_VERSION else queryset


class CustomerFilter(SimpleListFilter):
    """The opinions of one customer, whose file leads here. By itself it offers nobody, and names one by their code."""

    title, parameter_name = _("customer"), "customer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        asked = whole_number(request.GET.get(self.parameter_name, ""))
        visible = Customer.objects.visible_to(signed_in_user(request))
        code = None if asked is None else visible.filter(pk=asked).values_list("code", flat=True).first()
        return [(str(asked), code)] if code else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Asked only where there is such a customer."""
        return queryset.filter(customer=whole_number(self.value() or ""))


# --- An opinion -------------------------------------------------------------------------------------------------------
class FeedbackEventPanel(Panel):
    """What happened to the opinion, and who did it."""

    model = FeedbackEvent
    fields = ("at", "kind", "by_shown", "details_shown", "notice_shown")
    ordering = ("-at", "-pk")
    show_change_link = False
    reader: Reader  # of the page: a panel is made for each

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        self.reader = request.user
        joined = super().get_queryset(request).select_related("by", "notice", "feedback__customer")
        return joined.defer("notice__body_text", "notice__body_html")

    @cached_property
    def themes(self) -> dict[str, str]:
        """The names of the themes by their codes."""
        return {theme.code: theme.shown_name for theme in FeedbackTheme.objects.all()}

    @display(description=_("by"))
    def by_shown(self, event: FeedbackEvent) -> str:
        return str(event.by) if event.by else str(_("by itself"))

    @display(description=_("details"))
    def details_shown(self, event: FeedbackEvent) -> str:
        themes = self.themes if event.kind == FeedbackEvent.Kind.THEMED else {}
        names = names_hidden(self.reader, event.feedback)
        return seen_text(self.reader, in_words(event.details, themes), names=names) or "–"

    @display(description=_("notice"))
    def notice_shown(self, event: FeedbackEvent) -> str:
        return f"{event.notice.subject} ({event.notice.get_state_display()})" if event.notice else "–"


@admin.register(Feedback)
class FeedbackAdmin(OfficeAdmin[Feedback]):
    """Stars and words about the app, the reserved area and the site: what waits, the oldest first."""

    list_display = ("text_shown", "rating_shown", "state_shown", "theme", "source", "app_version", "age_shown")
    list_select_related = ("customer", "theme")
    list_filter = (FeedbackFilter, AgeFilter, SourceFilter, ThemeFilter, RatingFilter, VersionFilter, CustomerFilter)
    list_before_template = "office/feedback_list_head.html"
    search_help_text = _("The customer in any way")
    customer_path = "customer_id"
    inlines = (FeedbackEventPanel,)
    own_commands = [*FEEDBACK_COMMANDS]
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("rating_shown", "state_shown"),
                    "words_shown",
                    ("theme", "source"),
                    ("app_version", "platform"),
                    ("customer", "address"),
                    ("received_at", "due_shown"),
                    ("acknowledged_at", "reach"),
                    "suspicion",
                ]
            },
        ),
        (_("Answer"), {"fields": ["answer_shown", ("answered_at", "answered_by"), "posted_on"]}),
        (
            _("What came of it"),
            {"fields": [("contact", "complaint"), ("outcome", "closed_at"), "outcome_shown", "closed_by"]},
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Feedback]:
        queryset = super().get_queryset(request)
        if _shows_list(request):
            return queryset.defer("answer", "outcome_words")
        return queryset.select_related("customer", "theme", "answered_by", "closed_by", "contact", "complaint")

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("-received_at", "-pk") if chosen_work(request) == "all" else ("received_at", "pk")

    def find(self, queryset: QuerySet[Feedback], text: str) -> QuerySet[Feedback]:
        return queryset.filter(Q(customer__in=customers_named(text)) | Q(address=text.lower()))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(figures_view)
        return [path("statistiche/", view, name="complaints_feedback_figures"), *super().get_urls()]

    def changelist_view(self, request: StaffRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        own: dict[str, Any] = {}
        if self.has_view_permission(request):
            rows = Feedback.objects.visible_to(request.user)
            own["ages"] = [
                {"waiting": each, "url": f"?work=open&age={each.band.code}"}
                for each in queries.waiting_by_age(rows, timezone.now())
            ]
            if request.user.has_perm("complaints.view_feedback_figures"):
                own["figures_url"] = reverse("admin:complaints_feedback_figures")
        return super().changelist_view(request, own | (extra_context or {}))

    @badge(description=_("rating"), tones=RATING_TONES)
    def rating_shown(self, feedback: Feedback) -> tuple[int, str]:
        return rating_in_words(feedback)

    @badge(description=_("state"), tones=STATE_TONES)
    def state_shown(self, feedback: Feedback) -> tuple[str, str]:
        return feedback.state, feedback.get_state_display()

    @display(description=_("text"))
    def text_shown(self, feedback: Feedback) -> str:
        return seen_text_of(feedback, feedback.text, most=SHOWN) or "–"

    @display(description=_("text"))
    def words_shown(self, feedback: Feedback) -> SafeString | str:
        return linebreaksbr(seen_text_of(feedback, feedback.text)) or "–"

    @display(description=_("answer"))
    def answer_shown(self, feedback: Feedback) -> SafeString | str:
        return linebreaksbr(seen_text_of(feedback, feedback.answer)) or "–"

    @display(description=_("in words"))
    def outcome_shown(self, feedback: Feedback) -> SafeString | str:
        return linebreaksbr(seen_text_of(feedback, feedback.outcome_words)) or "–"

    @display(description=_("received"))
    def age_shown(self, feedback: Feedback) -> str:
        when = written_moment(feedback.received_at)
        if is_late(feedback):
            return str(_("%(when)s, past the target")) % {"when": when}
        return when

    @display(description=_("to be answered by"))
    def due_shown(self, feedback: Feedback) -> str:
        """The target; a dash where none was in force, or there is nothing to answer."""
        if feedback.due_at is None:
            return "–"
        return written_moment(feedback.due_at)


# --- The themes -------------------------------------------------------------------------------------------------------
@admin.register(FeedbackTheme)
class FeedbackThemeAdmin(OfficeAdmin[FeedbackTheme]):
    """What opinions are about. A theme is not deleted but ends on a day, and keeps the opinions it has."""

    list_display = ("shown_name", "code", "position", "is_unclear", "valid_from", "valid_to")
    ordering = ("position", "code")
    search_help_text = _("Name or code")
    addable = True
    editable = ("code", "name", "name_en", "words", "position", "is_unclear", "valid_from", "valid_to")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("name", "name_en"),
                    ("code", "position"),
                    "words",
                    "is_unclear",
                    ("valid_from", "valid_to"),
                ]
            },
        ),
    )

    def find(self, queryset: QuerySet[FeedbackTheme], text: str) -> QuerySet[FeedbackTheme]:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))
