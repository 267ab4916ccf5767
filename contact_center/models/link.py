"""`ContactLink`: two contacts that are one matter, of which one is worked and the other follows it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.guards import fixed

from .contact import Contact


class ContactLinkQuerySet(models.QuerySet["ContactLink"]):
    """Questions asked about links."""

    def standing(self) -> "ContactLinkQuerySet":
        """Those that were not parted again."""
        return self.filter(parted_at__isnull=True)


def no_chains() -> pgtrigger.Trigger:
    """Refuse a standing link whose main contact follows another, or whose other contact is followed by one.

    Both contacts are locked by the command, so two links made at once are seen one after the other.
    """
    table = "contact_center_contactlink"
    return pgtrigger.Trigger(
        name="no_chains",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__parted_at__isnull=True),
        func=(
            f"IF EXISTS (SELECT 1 FROM {table} WHERE parted_at IS NULL AND id IS DISTINCT FROM NEW.id "  # noqa: S608 - a constant
            "AND (other_id = NEW.main_id OR main_id = NEW.other_id)) THEN "
            "RAISE EXCEPTION 'pgtrigger: a joined contact cannot be joined further (%)', TG_NAME; END IF; RETURN NEW;"
        ),
    )


class ContactLink(models.Model):
    """The `other` contact is one matter with the `main` one. Of the same person, it follows: it is closed, and answered there.

    A contact follows at most one, and what follows is followed by none. A link is parted, never deleted: it says by whom, when
    and why.
    """

    main = models.ForeignKey(Contact, models.CASCADE, related_name="followers", verbose_name=_("main contact"))
    other = models.ForeignKey(Contact, models.CASCADE, related_name="links", verbose_name=_("other contact"))
    is_same_person = models.BooleanField(
        _("of the same person"), help_text=_("Only then does the one follow the other; else it is a hint to agents")
    )
    why = models.CharField(_("why"), max_length=250, blank=True)
    linked_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("joined by"))
    linked_at = models.DateTimeField(_("joined at"))
    parted_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("parted by")
    )
    parted_at = models.DateTimeField(_("parted at"), null=True, blank=True)
    why_parted = models.CharField(_("why it was parted"), max_length=250, blank=True)

    objects = ContactLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link between contacts")
        verbose_name_plural = _("links between contacts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_same_person=True) | ~Q(why=""), name="contact_link_of_different_people_says_why"
            ),
            models.CheckConstraint(condition=~Q(main=F("other")), name="contact_link_is_with_another"),
            models.UniqueConstraint(
                fields=["other"], condition=Q(parted_at__isnull=True), name="contact_follows_one_at_most"
            ),
            models.CheckConstraint(
                condition=Q(parted_at__isnull=True, parted_by__isnull=True, why_parted="")
                | Q(parted_at__isnull=False, parted_by__isnull=False),
                name="contact_link_parted_by_somebody",
            ),
        ]
        triggers = [
            no_chains(),
            fixed("contact_link_is_fixed", ["main", "other", "is_same_person", "linked_by", "linked_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.other.number} → {self.main.number}"
