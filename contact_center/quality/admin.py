"""The back office of quality forms: how many contacts are drawn, from which channels, and by which criteria they are scored."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from contact_center.models import Contact, QualityCriterion, QualityForm
from foundation.office.base import OfficeAdmin


class FormOfQualityForm(forms.ModelForm):
    """Channels are chosen one by one."""

    channels = forms.MultipleChoiceField(
        label=_("channels"),
        choices=Contact.Channel.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("From which the contacts are drawn"),
    )

    class Meta:
        model = QualityForm
        fields = ("name", "name_en", "valid_from", "valid_to", "per_agent", "channels")


class CriterionRows(TabularInline):
    """The criteria, which remain as they are once a contact was scored by them: a change begins with a new form."""

    model = QualityCriterion
    extra = 0
    tab = False
    fields = ("position", "code", "name", "name_en", "scale", "weight", "may_not_apply", "is_critical")
    ordering = ("position", "code")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("contact_center.view_qualityform") or self._keeps(request, obj)

    def _keeps(self, request: HttpRequest, obj: Model | None) -> bool:
        used = isinstance(obj, QualityForm) and obj.reviews.exists()
        return request.user.has_perm("contact_center.change_qualityform") and not used

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._keeps(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._keeps(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._keeps(request, obj)


@admin.register(QualityForm)
class QualityFormAdmin(OfficeAdmin[QualityForm]):
    """The forms by which samples are drawn and scored. A new one begins on its day; what was scored keeps its own."""

    form = FormOfQualityForm
    list_display = ("shown_name", "valid_from", "valid_to", "per_agent", "channels_shown")
    ordering = ("-valid_from",)
    search_help_text = _("Name")
    addable = True
    editable = ("name", "name_en", "valid_from", "valid_to", "per_agent", "channels")
    fieldsets = ((None, {"fields": [("name", "name_en"), ("valid_from", "valid_to"), "per_agent", "channels"]}),)
    inlines = (CriterionRows,)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text))

    @display(description=_("channels"))
    def channels_shown(self, form: QualityForm) -> str:
        names: dict[Any, Any] = dict(Contact.Channel.choices)
        return ", ".join(str(names[each]) for each in form.channels)
