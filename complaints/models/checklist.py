"""`ChecklistItem`: what is looked at before a complaint of a reason is answered. `ChecklistTick`: that somebody did."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.code import CodeField, CodeList
from complaints.models.complaint import Complaint
from foundation.guards import never_deleted
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.naming import NamedInTwoLanguages


@keep_history()
class ChecklistItem(NamedInTwoLanguages, Versioned):
    """One thing to look at, for complaints of a reason or of all. It ends on a day, and ticks on it remain."""

    reason = CodeField(_("reason"), code_list=CodeList.REASON, blank=True, help_text=_("Empty for all complaints"))
    name = models.CharField(_("what to look at"), max_length=200)
    name_en = models.CharField(_("what to look at, in English"), max_length=200)
    place = models.PositiveSmallIntegerField(pgettext_lazy("in a list", "place"), default=100)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("item of the checklist")
        verbose_name_plural = _("checklist of complaints")
        ordering = ["reason", "place", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(name_en=""), name="checklist_item_has_names"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="checklist_item_ends_after_it_begins",
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return self.shown_name


class ChecklistTick(models.Model):
    """Somebody looked at it. The row goes when the tick is taken back: who ticks is no matter of the register."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="ticks", verbose_name=_("complaint"))
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="ticks", verbose_name=_("item"))
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("tick of the checklist")
        verbose_name_plural = _("ticks of the checklist")
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["complaint", "item"], name="one_tick_per_item")]

    def __str__(self) -> str:
        return f"{self.complaint}: {self.item}"
