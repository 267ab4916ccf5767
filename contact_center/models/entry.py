"""Where contacts came from that no form and no telephone brought: a person entered them, or an earlier help desk had them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.guards import fixed, never_deleted

from .contact import Contact

LONGEST_SOURCE, LONGEST_KEY = 40, 60


class ContactEntry(models.Model):
    """A letter, a visit, a call of ours or a mail read elsewhere, as the person who entered it says that it came.

    Name, telephone and postal address are as stated by somebody who is no customer that we know; `place` is the office of a
    visit. What was asked and answered is in the contact's thread, as with any other.
    """

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="entry", verbose_name=_("contact"))
    submission_key = models.UUIDField(_("key of the submission"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    postal_address = models.CharField(_("postal address"), max_length=300, blank=True)
    place = models.CharField(_("office of the visit"), max_length=200, blank=True)
    entered_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)

    class Meta:
        verbose_name = _("contact entered by hand")
        verbose_name_plural = _("contacts entered by hand")
        triggers = [fixed("entered_is_fixed", ["contact", "submission_key", "entered_by", "entered_at"])]

    def __str__(self) -> str:
        return self.contact.number


class PastContact(models.Model):
    """A ticket of an earlier help desk beside the contact that was made of it: its number there, and what was read of it.

    `rows` are the digests of the rows that were loaded, `facts` that of what they give beside their events: so the same file
    twice changes nothing. `written_version` is the contact's when it was written: where somebody here has worked on it
    since, no file changes it any more. It remains when the contact is emptied, so that what was forgotten does not come back.
    """

    contact = models.OneToOneField(Contact, models.PROTECT, related_name="past", verbose_name=_("contact"))
    source = models.CharField(_("earlier system"), max_length=LONGEST_SOURCE)
    key = models.CharField(_("number in the earlier system"), max_length=LONGEST_KEY)
    was_open = models.BooleanField(_("open in the earlier system"), default=False)
    rows = ArrayField(models.BigIntegerField(), verbose_name=_("digests of its rows"), default=list, editable=False)
    facts = models.BigIntegerField(_("digest of its facts"), default=0, editable=False)
    written_version = models.PositiveIntegerField(_("version written"), default=1, editable=False)
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("contact of an earlier system")
        verbose_name_plural = _("contacts of an earlier system")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="past_contact_once_in_its_source"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(key=""), name="past_contact_has_source_and_key"),
        ]
        # "Which contact had this number."
        indexes = [models.Index(fields=["key"], name="past_contact_key")]
        triggers = [*never_deleted(), fixed("past_contact_key_is_fixed", ["contact", "source", "key", "imported_at"])]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"
