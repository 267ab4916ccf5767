"""The views of the queue in the back office: the button that keeps one, and the list where they are changed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from contact_center.models import QueueView, Team
from contact_center.office.queue import agent_on
from contact_center.office.views_shown import address_of, in_words, team_names
from contact_center.queue_views.commands import change_view, delete_view, may_change, save_view
from contact_center.queue_views.parameters import parameters_of
from foundation.office.base import OfficeAdmin
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest

READS = "contact_center.view_contact"
LIST = "admin:contact_center_queueview_changelist"


class ViewForm(forms.Form):
    """How a view is called, and who finds it."""

    name = forms.CharField(label=_("Name"), max_length=60)
    sharing = forms.ChoiceField(
        label=_("Offered to"), choices=QueueView.Sharing.choices, widget=forms.RadioSelect, initial="own"
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.filter(is_active=True),
        required=False,
        help_text=_("Only for a view that is offered to a team."),
    )


class NewViewForm(ViewForm):
    filters = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)


class ChangeViewForm(ViewForm):
    position = forms.IntegerField(
        label=pgettext_lazy("in a list", "Place"), min_value=1, max_value=99, help_text=_("1 stands first")
    )


class SaveView(ListCommand):
    """From the queue as it is shown: its tab, filters and search, under a name."""

    permission = READS
    name, icon = "salva-vista", "bookmark_add"
    label = _("Save this view")
    form_class = NewViewForm
    is_button = False  # the queue draws it with its own filters (office/queue_head.html)

    def asks(self, request: StaffRequest, row: None) -> Any:
        """With what it will show."""
        parameters = parameters_of(request.POST.get("filters", "") or request.GET.get("filters", ""))
        return gettext("The view shows: %(what)s.") % {"what": in_words(parameters)}

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {"initial": {"filters": request.GET.get("filters", "")[:2000], "sharing": "own"}}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        view = save_view(
            name=data["name"],
            parameters=parameters_of(data["filters"]),
            sharing=data["sharing"],
            team=data["team"],
            by=request.user,
        )
        return Done(gettext("The view “%(name)s” is kept.") % {"name": view.name}, address_of(view))


class OfView(Command[QueueView]):
    """What its owner does to a view."""

    permission = READS

    def allowed(self, request: StaffRequest, row: QueueView) -> bool:
        return super().allowed(request, row) and may_change(request.user, row)


class ChangeView(OfView):
    name, icon = "modifica", "edit"
    label = _("Change the view")
    form_class = ChangeViewForm

    def form_arguments(self, request: StaffRequest, row: QueueView) -> dict[str, Any]:
        given = {"name": row.name, "sharing": row.sharing, "team": row.team_id, "position": row.position}
        return {"initial": given}

    def run(self, request: StaffRequest, row: QueueView, data: dict[str, Any]) -> str:
        change_view(row, **data, by=request.user)
        return gettext("The view was changed.")


class DeleteView(OfView):
    name, icon, tone = "elimina", "delete", "danger"
    label = _("Delete the view")
    question = _("The view goes for everybody who finds it. No contact is touched.")

    def run(self, request: StaffRequest, row: QueueView, data: dict[str, Any]) -> Done:
        delete_view(row, by=request.user)
        return Done(gettext("The view was deleted."), reverse(LIST))


@admin.register(QueueView)
class QueueViewAdmin(OfficeAdmin[QueueView]):
    """The views that one finds above the queue: one's own, the team's, and everybody's."""

    list_display = ("name", "shows", "sharing", "team", "user", "position")
    list_select_related = ("team", "user")
    ordering = ("position", "name", "pk")
    search_fields = ()
    fieldsets = ((None, {"fields": ["name", "shows", "opens", ("sharing", "team"), ("user", "position")]}),)
    own_commands = (ChangeView(), DeleteView())
    empty_words = _("No view was kept yet. Choose tab and filters in the queue, then “Save this view”.")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return QueueView.objects.offered_to(request.user, agent_on(request)).in_order()

    def get_changelist_instance(self, request: StaffRequest) -> Any:
        """With the names of the teams that its views name, asked once."""
        changelist = super().get_changelist_instance(request)
        views = list(changelist.result_list)
        names = team_names(view.parameters for view in views)
        for view in views:
            view.team_names = names
        changelist.result_list = views
        return changelist

    @display(description=_("what it shows"))
    def shows(self, view: QueueView) -> str:
        """Its tab and filters in words."""
        return in_words(view.parameters, getattr(view, "team_names", None))

    @display(description=_("in the queue"))
    def opens(self, view: QueueView) -> str:
        """A link to the queue as the view has it."""
        return format_html('<a href="{}">{}</a>', address_of(view), gettext("Open the view"))
