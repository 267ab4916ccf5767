"""The codes of the register in the back office: the lists, a code's page, and what is done to it. Commands write."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from complaints.codes.commands import CHANGEABLE, add_code, change_code
from complaints.codes.forms import AddCodeForm, CodeFacts
from complaints.models import Code
from complaints.models.code import CodeList, codes_of
from foundation.office.base import OfficeAdmin, badge
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest


class AddCode(ListCommand):
    """A new code."""

    name = "aggiungi"
    label = gettext_lazy("Add a code")
    icon = "add"
    tone = "primary"
    permission = "complaints.add_code"
    form_class = AddCodeForm
    question = gettext_lazy("Its list and its word remain as they are; everything else can be changed later.")

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        facts = {name: data[name] for name in CHANGEABLE}
        code = add_code(by=request.user, code_list=data["list"], word=data["word"], **facts)
        return Done(
            _("“%(name)s” can be chosen from now on.") % {"name": code},
            reverse("admin:complaints_code_change", args=[code.pk]),
        )


class ChangeCode(Command[Code]):
    """Other names, another place, another validity."""

    name = "modifica"
    label = gettext_lazy("Change the code")
    icon = "edit"
    tone = "primary"
    permission = "complaints.change_code"
    form_class = CodeFacts
    question = gettext_lazy(
        "Complaints that have the code keep it and show its new name. A return that is frozen keeps what it counted."
    )

    def form_arguments(self, request: StaffRequest, row: Code) -> dict[str, Any]:
        return {"initial": {name: getattr(row, name) for name in CHANGEABLE}}

    def run(self, request: StaffRequest, row: Code, data: dict[str, Any]) -> str:
        change_code(row, by=request.user, changes=data)
        return _("Changed.")


class ListFilter(admin.SimpleListFilter):
    """One list at a time."""

    title = gettext_lazy("list")
    parameter_name = "list"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return CodeList.choices

    def queryset(self, request: Any, queryset: QuerySet[Code]) -> QuerySet[Code]:
        return queryset.filter(list=self.value()) if self.value() in CodeList.values else queryset


@admin.register(Code)
class CodeAdmin(OfficeAdmin[Code]):
    """What the words of the register mean. A code is not deleted: it ends on a day, and old complaints keep it."""

    list_display = ("shown_name", "list", "word", "area_shown", "return_line", "validity_shown")
    list_filter = (ListFilter,)
    list_per_page = 100
    ordering = ("list", "place", "name")
    search_help_text = gettext_lazy("Name or word")
    own_commands = [ChangeCode()]
    list_commands = [AddCode()]
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("list", "word"),
                    ("name", "name_en"),
                    ("area_shown", "from_euro"),
                    ("return_line", "place"),
                    ("valid_from", "valid_to"),
                ]
            },
        ),
    )

    def find(self, queryset: QuerySet[Code], text: str) -> QuerySet[Code]:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(word__icontains=text))

    @display(description=gettext_lazy("business area"))
    def area_shown(self, code: Code) -> str | None:
        return next((each.shown_name for each in codes_of(CodeList.AREA) if each.word == code.area), None)

    @badge(description=gettext_lazy("validity"), tones={"over": "danger", "later": "warning", "now": "success"})
    def validity_shown(self, code: Code) -> tuple[str, str]:
        today = timezone.localdate()
        if code.valid_to and code.valid_to < today:
            return "over", _("until %(day)s") % {"day": date_format(code.valid_to, "SHORT_DATE_FORMAT")}
        if code.valid_from and code.valid_from > today:
            return "later", _("from %(day)s") % {"day": date_format(code.valid_from, "SHORT_DATE_FORMAT")}
        if code.valid_to:
            return "now", _("until %(day)s") % {"day": date_format(code.valid_to, "SHORT_DATE_FORMAT")}
        return "now", _("in use")
