"""`PastEntry`: where an entry of the register came from that another register had before ours."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import LONGEST_OLD_NUMBER, Complaint
from foundation.guards import fixed, never_deleted

LONGEST_SOURCE = 40


class PastEntry(models.Model):
    """A row of a past register beside the complaint that was made of it: its key there, and what the file stated.

    The key is source, old number, day of receipt and place: old registers used numbers twice, and `place` counts the
    entries that have number and day in common. `received_on` is the day in the file, also when the complaint's own is
    corrected. `digest` is of what the file gave last, `written_version` the complaint's version when it was written: where the
    complaint has moved on since, no file changes it any more.
    """

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="past", verbose_name=_("complaint"))
    source = models.CharField(_("past register"), max_length=LONGEST_SOURCE)
    old_number = models.CharField(_("number in the past register"), max_length=LONGEST_OLD_NUMBER)
    received_on = models.DateField(_("received on, in the file"))
    place = models.PositiveSmallIntegerField(_("place among those of this number and day"), default=1)
    disputed = models.BooleanField(
        _("answer disputed"), null=True, blank=True, help_text=_("Whether the complainant did not accept the answer")
    )
    stated = models.JSONField(_("in the words of the file"), default=dict, blank=True)
    digest = models.CharField(_("digest"), max_length=32, editable=False)
    written_version = models.PositiveIntegerField(_("version written"), default=1, editable=False)
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("entry of a past register")
        verbose_name_plural = _("entries of past registers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "old_number", "received_on", "place"], name="past_entry_once_in_its_register"
            ),
            models.CheckConstraint(condition=Q(place__gte=1), name="past_entry_places_begin_at_one"),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(old_number=""), name="past_entry_has_source_and_number"
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "past_key_never_changes",
                ["complaint", "source", "old_number", "received_on", "place", "imported_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.old_number}"
