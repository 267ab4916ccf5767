"""Checklists in the back office: the ticks on a complaint's page, and the pages of the items."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.checklists.commands import ITEM_FACTS, add_item, change_item, tick_items
from complaints.checklists.queries import items_for
from complaints.codes.forms import CodeChoice
from complaints.models import ChecklistItem, Complaint
from complaints.models.code import CodeList
from foundation.form_fields import DayField
from foundation.office.base import OfficeAdmin
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest


class TickForm(forms.Form):
    """The items of the complaint's checklist, each with its box."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Looked at"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["items"]
        assert isinstance(field, forms.MultipleChoiceField), "declared above"
        field.choices = choices


class TickItems(Command[Complaint]):
    """What was looked at."""

    name = "controlli"
    label = gettext_lazy("Tick the checklist")
    icon = "checklist"
    permission = "complaints.change_complaint"
    form_class = TickForm

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return row.is_open and bool(items_for(row))

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        ticked = [str(pk) for pk in row.ticks.values_list("item_id", flat=True)]
        return {
            "choices": [(str(item.pk), item.shown_name) for item in items_for(row)],
            "initial": {"items": ticked},
        }

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        tick_items(row, items={int(each) for each in data["items"]}, by=request.user)
        return _("Kept.")


# --- The items ------------------------------------------------------------------------------------------------------
class ItemForm(forms.Form):
    """One thing to look at."""

    reason = CodeChoice(
        CodeList.REASON, empty=True, label=gettext_lazy("Reason"), help_text=gettext_lazy("None: all complaints.")
    )
    name = forms.CharField(label=gettext_lazy("What to look at, in Italian"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("What to look at, in English"), max_length=200)
    place = forms.IntegerField(label=gettext_lazy("Place in the list"), min_value=0, max_value=10_000, initial=100)
    valid_from = DayField(label=gettext_lazy("Valid from"), required=False)
    valid_to = DayField(label=gettext_lazy("Valid to"), required=False)


class AddItem(ListCommand):
    """One more thing to look at."""

    name = "aggiungi"
    label = gettext_lazy("Add an item")
    icon = "add"
    tone = "primary"
    permission = "complaints.add_checklistitem"
    form_class = ItemForm
    question = gettext_lazy("It is on the page of every open complaint of the reason.")

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        item = add_item(by=request.user, **data)
        return Done(_("The item is kept."), reverse("admin:complaints_checklistitem_change", args=[item.pk]))


class ChangeItem(Command[ChecklistItem]):
    """Other words, another end."""

    name = "modifica"
    label = gettext_lazy("Change the item")
    icon = "edit"
    tone = "primary"
    permission = "complaints.change_checklistitem"
    form_class = ItemForm
    question = gettext_lazy("To end it, give it a last day: what was ticked remains.")

    def form_arguments(self, request: StaffRequest, row: ChecklistItem) -> dict[str, Any]:
        return {"initial": {name: getattr(row, name) for name in ITEM_FACTS}}

    def run(self, request: StaffRequest, row: ChecklistItem, data: dict[str, Any]) -> str:
        change_item(row, by=request.user, changes=data)
        return _("Changed.")


@admin.register(ChecklistItem)
class ChecklistItemAdmin(OfficeAdmin[ChecklistItem]):
    """What is looked at before an answer is written, by reason."""

    list_display = ("shown_name", "reason", "valid_from", "valid_to")
    ordering = ("reason", "place", "pk")
    search_help_text = gettext_lazy("Words of the item")
    own_commands = [ChangeItem()]
    list_commands = [AddItem()]
    fieldsets = ((None, {"fields": ["reason", "name", "name_en", "place", ("valid_from", "valid_to")]}),)

    def find(self, queryset: QuerySet[ChecklistItem], text: str) -> QuerySet[ChecklistItem]:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text))
