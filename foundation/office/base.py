"""What every page of the back office shares: it shows and finds what its reader may see; commands change.

Lists never count or sort a whole table: pages look ahead instead of counting, and columns are not sortable unless a
page allows it. A page starts from `visible_to(request.user)`, so another agency's customer is not found.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Generic, TypeVar, cast

from django import forms
from django.contrib.admin import FieldListFilter, ShowFacets, SimpleListFilter
from django.contrib.admin.utils import (
    display_for_field,
    flatten_fieldsets,
    get_fields_from_path,
    label_for_field,
    lookup_field,
    unquote,
)
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ForeignKey, Model, QuerySet
from django.db.models.expressions import Combinable
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold import paginator
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.utils import display_for_label
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from foundation.masking import show_to
from foundation.models import Versioned
from foundation.numbers import whole_number
from foundation.office.changes import changes_of
from foundation.office.closed import RESTRICTED, close, is_closed
from foundation.office.commands import ModelT, WithCommands
from foundation.office.read_only import NOTHING, columns, may_read, shown_only
from foundation.office.site import OfficeSite
from foundation.office.widgets import RowSelect
from foundation.requests import Reader, StaffRequest
from foundation.text import CleanedForm, search_words

NOT_SHOWN = "office/no_filter.html"  # of a filter that is drawn above its list, and not in unfold's sheet
RowsT = TypeVar("RowsT", bound=QuerySet)
VersionedT = TypeVar("VersionedT", bound=Versioned)


def reachable(queryset: RowsT, user: Reader, site: OfficeSite) -> RowsT:
    """The rows the user may see; a model without a reach of its own is the company staff's alone."""
    if hasattr(queryset, "visible_to"):
        return queryset.visible_to(user)
    return queryset if site.sees_everything(user) else queryset.none()


def badge(*, description: Any, tones: dict[Any, str]) -> Callable[[Callable], Callable]:
    """A column whose method returns a code and its words: the words, in the colour of the code; None is nothing.

    Unlike unfold's `@display(label=…)`, which colours lists alone, it looks the same in lists, panels and pages.
    """

    def decorated(method: Callable) -> Callable:
        @display(description=description)
        @wraps(method)
        def shown(admin: Any, row: Model) -> str:
            value = method(admin, row)
            if value is None:
                return "–"
            if isinstance(value, tuple) and value[0] not in tones:
                return display_for_label(value[1], "–", {})  # with the code, unfold would show the code itself
            return display_for_label(value, "–", tones)

        return shown

    return decorated


class InfinitePaginator(paginator.InfinitePaginator):
    """Pages that are not counted, up to a last one: whoever is still leafing there should search instead.

    It keeps its parent's name, by which unfold's header knows that there is no count to show.
    """

    last_page = 1_000
    template_name = "office/pagination.html"

    @cached_property
    def count(self) -> int:
        return self.per_page * self.last_page


def _unless_closed(page: Any, column: Any, *, is_first: bool) -> Callable[[Model], Any]:
    """A column of a list with restricted files in it: the first one names them so, and the others show nothing of theirs."""

    @display(description=label_for_field(column, page.model, page))
    def shown(row: Model) -> Any:
        if is_closed(row):
            return RESTRICTED if is_first else NOTHING
        field, _attribute, value = lookup_field(column, row, page)
        if field is None or field.auto_created:
            return value
        if isinstance(field, ForeignKey):
            return getattr(row, field.name)
        return display_for_field(value, field, NOTHING)

    shown.__name__ = getattr(column, "__name__", str(column))
    return shown


class OfficeList(ChangeList):
    """A list in the order that its page gives it: an address sorts by a column only where the page allows it."""

    list_display: list[Any]
    list_display_links: Any  # names of columns, or the columns themselves

    @property
    def first_row(self) -> int:
        """The number of the first row shown, from 1."""
        return (self.page_num - 1) * self.list_per_page + 1

    @property
    def last_row(self) -> int:
        """The number of the last row shown."""
        return self.first_row + len(self.result_list) - 1

    @property
    def has_more(self) -> bool:
        """Whether there may be a page after this one: the rows are not counted, so a full page may be the last."""
        return len(self.result_list) == self.list_per_page and self.page_num < InfinitePaginator.last_page

    @property
    def work_tabs(self) -> list[dict[str, Any]]:
        """The choices of its WorkFilter, which stand above the list; none where it has no such filter."""
        return [choice for spec in self.filter_specs if isinstance(spec, WorkFilter) for choice in spec.choices(self)]

    def get_filters(self, request: HttpRequest) -> Any:
        """As Django finds them. The sheet of filters is offered, and marked as in use, for what is in it: the tabs are not."""
        specs, _has_filters, lookups, may_have_duplicates, _is_narrowed = super().get_filters(request)
        in_sheet = [spec for spec in specs if not isinstance(spec, WorkFilter)]
        is_narrowed = any(name in request.GET for spec in in_sheet for name in spec.expected_parameters())
        return specs, bool(in_sheet), lookups, may_have_duplicates, is_narrowed

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        for row in self.result_list:
            show_to(row, request.user)
        page = self.model_admin
        owners = {row.pk: page.owner_of(row) for row in self.result_list} if page.customer_path else {}
        closed = page.admin_site.closed_to(request.user, owners.values())
        if closed:
            if self.query:
                page.admin_site.note_search(request.user, found=len(set(owners.values())), closed=closed)
            for row in self.result_list:
                if owners[row.pk] in closed:
                    close(row)
            columns = [
                _unless_closed(page, column, is_first=place == 0) for place, column in enumerate(self.list_display)
            ]
            links = self.list_display_links or ()
            # Those that lead to the row's page still do: a first column that does not is taken for a box to be ticked.
            self.list_display_links = [
                new for old, new in zip(self.list_display, columns, strict=True) if old in links
            ]
            self.list_display = columns

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[Any]:
        if self.sortable_by is not None:
            sortable = [str(place) for place, name in enumerate(self.list_display) if name in self.sortable_by]
            asked = self.params.get(ORDER_VAR, "").split(".")
            self.params[ORDER_VAR] = ".".join(each for each in asked if each.removeprefix("-") in sortable)
        return super().get_ordering(request, queryset)


class OfficeAdmin(WithCommands[ModelT], ModelAdmin):
    """A list and a page of one model: `class ContactAdmin(OfficeAdmin[Contact])`.

    `editable` names what the page's form may change; all else is shown only. What else can be done to a row is a `Command` (foundation/office/commands.py).
    """

    paginator = InfinitePaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # they would count the whole table, once for each choice
    list_per_page = 50
    sortable_by: tuple[str, ...] | None = ()
    ordering: Sequence[str | Combinable] = ("-pk",)
    actions = None
    empty_value_display = NOTHING
    view_on_site = False
    search_fields: tuple[str, ...] = ("pk",)  # shows the box; `find` is what searches

    editable: tuple[str, ...] = ()
    addable = False
    empty_words: Any = ""  # of a list with nothing in it, where "There is nothing here" says too little
    customer_path = ""  # attribute path from the row to the id of the customer whose file it belongs to

    # --- What may be done
    def has_add_permission(self, request: StaffRequest) -> bool:
        return self.addable and super().has_add_permission(request)

    def has_change_permission(self, request: StaffRequest, obj: ModelT | None = None) -> bool:
        return bool(self.editable) and super().has_change_permission(request, obj)

    def has_view_permission(self, request: StaffRequest, obj: ModelT | None = None) -> bool:
        return may_read(request.user, self.model)

    def has_delete_permission(self, request: StaffRequest, obj: ModelT | None = None) -> bool:
        """Nothing is deleted by hand: things are closed, withdrawn or made inactive, and retention is a command."""
        return False

    def get_fieldsets(self, request: StaffRequest, obj: ModelT | None = None) -> list[Any]:
        """What the page shows, in the shapes of `foundation.office.read_only`."""
        written = self.editable if self.has_change_permission(request, obj) or obj is None else ()
        fieldsets = []
        for name, options in super().get_fieldsets(request, obj):
            fields = shown_only(request.user, self.model, options["fields"], kept=written)
            fieldsets.append((name, {**options, "fields": fields}))
        return fieldsets

    def get_readonly_fields(self, request: StaffRequest, obj: ModelT | None = None) -> list[Any]:
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        return [name for name in shown if name not in self.editable and name != "seen_version"]

    # --- What is found
    def lookup_allowed(self, lookup: str, value: str, request: StaffRequest) -> bool:
        """Whether the list may be narrowed by this part of its address: what `list_filter` shows, and nothing else.

        A row that is shown or not gives away one bit about the column it was compared with, so no column that the
        reader cannot see may be named, whoever asks. Everything else is answered with 400.
        """
        return any(lookup in self._parameters_of(shown, request) for shown in self.get_list_filter(request))

    def _parameters_of(self, shown: Any, request: StaffRequest) -> list[str | None]:
        """The parts of the address that a filter of `list_filter` reads: a class, or the name of a field."""
        if not isinstance(shown, str):
            return [shown.parameter_name]
        field = get_fields_from_path(self.model, shown)[-1]
        return FieldListFilter.create(field, request, {}, self.model, self, field_path=shown).expected_parameters()

    def get_list_display(self, request: StaffRequest) -> list[Any]:
        return columns(request.user, self.model, super().get_list_display(request))

    def get_changelist(self, request: StaffRequest, **kwargs: Any) -> type[ChangeList]:
        return OfficeList

    def get_queryset(self, request: StaffRequest) -> QuerySet[ModelT]:
        return reachable(super().get_queryset(request), request.user, self.admin_site)

    def get_search_results(
        self, request: StaffRequest, queryset: QuerySet[ModelT], text: str
    ) -> tuple[QuerySet[ModelT], bool]:
        text = search_words(text)
        return (self.find(queryset, text) if text else queryset), False

    def find(self, queryset: QuerySet[ModelT], text: str) -> QuerySet[ModelT]:
        """The rows that the text names; each page defines how. Only searches that an index answers."""
        return queryset.none()

    def get_object(self, request: StaffRequest, object_id: str, from_field: str | None = None) -> ModelT | None:
        """The row; locked while a form is being saved, so that two savers come one after the other."""
        if request.method == "POST" and self.has_change_permission(request):
            try:
                key = self.opts.pk.to_python(object_id)
            except (ValidationError, ValueError):
                return None
            self.model._base_manager.select_for_update().filter(pk=key).first()
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            show_to(row, request.user)
            if request.method == "POST" and (owner := self.owner_of(row)) is not None:
                self.admin_site.require_open(request.user, owner)  # a look asks as well, when it is written down
        return row

    def get_form(self, request: StaffRequest, obj: ModelT | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of the page; what is typed into it is cleaned, like everything that staff type."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return form if issubclass(form, CleanedForm) else type(form)(form.__name__, (CleanedForm, form), {})

    # --- How it looks
    def changelist_view(self, request: StaffRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if any("\0" in value for name in request.GET for value in request.GET.getlist(name) if name != SEARCH_VAR):
            return HttpResponseRedirect(request.path)  # no value of any column: the list without filters
        title = capfirst(self.opts.verbose_name_plural)  # "Select call to view" has no gender that fits all
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def formfield_for_foreignkey(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> Any:
        """A row that is searched for, in a box that stands whatever was sent."""
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = RowSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> Any:
        """The few lines or roles there are, each with its box."""
        return super().formfield_for_manytomany(
            db_field, request, **{"widget": UnfoldAdminCheckboxSelectMultipleWidget, **kwargs}
        )

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Boxes are ticked, and nothing is added or changed beside them."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.many_to_many and isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def _get_obj_does_not_exist_redirect(self, request: StaffRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    # --- What is written down
    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: ModelT | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None and request.method == "GET":
            self.write_down(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def owner_of(self, obj: ModelT) -> int | None:
        """The id of the customer whose file the row belongs to, None where it belongs to none."""
        owner: Any = obj if self.customer_path else None
        for step in self.customer_path.split("."):
            owner = getattr(owner, step) if owner is not None else None
        return owner

    def write_down(self, request: StaffRequest, obj: ModelT) -> None:
        """Record that the user opened a customer's file, where the row belongs to one."""
        if (owner := self.owner_of(obj)) is not None:
            self.admin_site.record_opened(request.user, owner, what=f"{self.opts.model_name} {obj}"[:60])

    def history_view(
        self, request: StaffRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed which field, from what to what; for models without a history, what this site did to the row."""
        if not hasattr(self.model, "history"):
            return super().history_view(request, object_id, extra_context)
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        self.write_down(request, obj)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": obj},
            "changes": changes_of(obj, reader=request.user),
            "object": obj,
            "opts": self.opts,
            "has_view_permission": True,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "office/history.html", context)


class VersionedForm(CleanedForm, forms.ModelForm):
    """A form that refuses to overwrite what somebody else saved meanwhile; what was typed remains on the page."""

    instance: Versioned
    seen_version = forms.IntegerField(widget=forms.HiddenInput, label="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.instance.pk and self.cleaned_data.get("seen_version") != self.instance.version:
            raise ValidationError(
                _(
                    "Somebody else has changed this meanwhile. Copy what you wrote, reload the page and write it again."
                ),
                code="changed_meanwhile",
            )
        return self.cleaned_data


class VersionedAdmin(OfficeAdmin[VersionedT]):
    """A page whose form is a `VersionedForm`; it saves only what was changed."""

    form = VersionedForm

    def get_fieldsets(self, request: StaffRequest, obj: VersionedT | None = None) -> list[Any]:
        fieldsets = [(name, {**options}) for name, options in super().get_fieldsets(request, obj)]
        if self.has_change_permission(request, obj):
            fieldsets[0][1]["fields"] = [*fieldsets[0][1]["fields"], "seen_version"]
        return fieldsets

    def save_model(self, request: StaffRequest, obj: VersionedT, form: forms.ModelForm, change: bool) -> None:
        obj.version += 1
        obj.save(update_fields=[*(name for name in form.changed_data if name != "seen_version"), "version"])


# --- Panels of a page -------------------------------------------------------------------------------------------
class PanelFormSet(PaginationInlineFormSet):
    """Rows of a panel, by pages; a page number that is none is the first. Each row knows that of the page, and does not read it again.

    Where the page's row says that it is read through others of its kind (`file_ids`), their rows are among them.
    """

    reads_through = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance, rows = kwargs.get("instance"), kwargs.get("queryset")
        ids = getattr(instance, "file_ids", ())
        if self.reads_through and len(ids) > 1 and rows is not None and kwargs.get("provided_queryset") is None:
            kwargs["provided_queryset"] = rows.filter(**{f"{self.fk.name}__in": ids})
        super().__init__(*args, **kwargs)

    def _construct_form(self, i: int, **kwargs: Any) -> forms.BaseForm:
        form = super()._construct_form(i, **kwargs)
        setattr(form.instance, self.fk.name, self.instance)
        return form

    def get_page_num(self) -> int:
        return whole_number(self.request.GET.get(self.get_pagination_key(), ""), most_digits=6) or 1


class OwnFormSet(PanelFormSet):
    """Rows of this page's row alone: what other files of the same person have of them stands here as well, or counts no more."""

    reads_through = False


class Panel(TabularInline):
    """Rows of another model on a page: read, twenty at a time, newest first, each leading to its own page."""

    formset = PanelFormSet
    tab = True
    extra = 0
    max_num: int | None = 0
    per_page: int | None = 20
    can_delete = False
    show_change_link = True
    template_after = "office/panel_after.html"
    ordering: tuple[str, ...] = ("-pk",)

    def get_fieldsets(self, request: StaffRequest, obj: Model | None = None) -> list[Any]:
        """The columns of the panel; those of a form remain as they are."""
        if not self.get_readonly_fields(request, obj):
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": self.get_readonly_fields(request, obj)})]

    def get_readonly_fields(self, request: StaffRequest, obj: Model | None = None) -> tuple[Any, ...]:
        return tuple(shown_only(request.user, self.model, self.fields or ()))

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return reachable(super().get_queryset(request), request.user, self.admin_site)

    def has_view_permission(self, request: StaffRequest, obj: Model | None = None) -> bool:
        return may_read(request.user, self.model)

    def has_add_permission(self, request: StaffRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: StaffRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: StaffRequest, obj: Model | None = None) -> bool:
        return False


# --- Filters ----------------------------------------------------------------------------------------------------
class WorkFilter(SimpleListFilter, Generic[RowsT]):
    """What a list shows at first: open work. A search looks at everything, unless a choice was made. Its choices are tabs."""

    template = NOT_SHOWN
    title = _("work")
    parameter_name = "work"
    default = "open"

    def choices(self, changelist: Any) -> Any:
        chosen = self._chosen(bool(changelist.query))
        for value, label in self.lookup_choices:
            yield {
                "selected": chosen == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> RowsT:
        chosen = self._chosen(bool(request.GET.get("q", "").strip()))
        return self.narrowed(
            request, cast(RowsT, queryset), chosen
        )  # the list's own rows; the filter names their class

    def _chosen(self, is_search: bool) -> str:
        """The tab in force: the one that the address names if it exists, or the one of the beginning."""
        chosen = self.value() or ("all" if is_search else self.default)
        return chosen if chosen in dict(self.lookup_choices) else self.default

    def narrowed(self, request: HttpRequest, queryset: RowsT, chosen: str) -> RowsT:
        """The rows of the choice."""
        raise NotImplementedError


def chosen_work(request: HttpRequest, default: str = "open") -> str:
    """Which part of the work the list shows, for its order."""
    return request.GET.get("work") or ("all" if request.GET.get("q", "").strip() else default)
