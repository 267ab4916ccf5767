"""`Representation`: for whom somebody complains who is not the interested party, and the mandate to do so."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted
from foundation.history import keep_history


class Relation(models.TextChoices):
    """What the represented person is to the one who writes."""

    CLIENT = "client", _("client")
    MEMBER = "member", _("member of the association")
    FAMILY = "family", _("member of the family")
    WARD = "ward", _("minor, or person under guardianship")
    OTHER = "other", _("other")


@keep_history()
class Representation(models.Model):
    """The person for whom a complaint is made. The one who writes is its complainant: they get the letters.

    The mandate is one of the complaint's documents, whichever table holds it: its key is kept, with the day it came.
    """

    Relation = Relation

    complaint = models.OneToOneField(
        Complaint, models.PROTECT, related_name="representation", verbose_name=_("complaint")
    )
    name = models.CharField(_("represented person"), max_length=200)
    tax_code = models.CharField(_("tax code of the represented person"), max_length=16, blank=True)
    relation = models.CharField(_("relation"), max_length=6, choices=Relation.choices, default=Relation.CLIENT)
    mandate_key = models.UUIDField(_("document that is the mandate"), null=True, blank=True)
    mandate_on = models.DateField(_("mandate received on"), null=True, blank=True)
    asked_on = models.DateField(_("mandate asked for on"), null=True, blank=True)
    asked_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked for by")
    )

    class Meta:
        verbose_name = _("represented person")
        verbose_name_plural = _("represented persons")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="represented_person_has_a_name"),
            one_of("relation", Relation, name="representation_relation_is_known"),
            models.CheckConstraint(
                condition=Q(mandate_key__isnull=True, mandate_on__isnull=True)
                | Q(mandate_key__isnull=False, mandate_on__isnull=False),
                name="mandate_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(asked_on__isnull=True, asked_by__isnull=True)
                | Q(asked_on__isnull=False, asked_by__isnull=False),
                name="mandate_asked_by_somebody",
            ),
        ]
        triggers = [*never_deleted(), fixed("represented_in_one_complaint", ["complaint"])]

    def __str__(self) -> str:
        return self.name

    @property
    def has_mandate(self) -> bool:
        """Whether the mandate has come."""
        return self.mandate_key is not None
