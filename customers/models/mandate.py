"""`Mandate`: the document by which somebody asks to act for another customer, and what it says."""

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.account import Capacity
from customers.models.customer import Customer
from customers.models.operation import Operation
from customers.visibility import reach_of
from foundation.constraints import is_among
from foundation.guards import fixed, never_deleted
from foundation.requests import Reader

BY_DOCUMENT = (Capacity.GUARDIAN, Capacity.ATTORNEY, Capacity.HEIR, Capacity.LEGAL_REPRESENTATIVE)


def stored_under(_mandate: "Mandate", _name: str) -> str:
    """Where a document is kept: a random name, in a folder per month, without any part of the sender's name."""
    return f"mandates/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Questions asked about mandates."""

    def visible_to(self, user: Reader) -> "MandateQuerySet":
        """Those that the customers whose files the user may see asked for."""
        reach = reach_of(user)
        if reach.everything:
            return self
        theirs = reach.over(customer="operation__customer", agency="operation__customer__agency")
        return self.filter(theirs, operation__is_private=False)


class Mandate(models.Model):
    """Guardianship, power of attorney, certificate of inheritance: as the asking person sent it, and never changed.

    The request is an operation of the asking person's own file, or theirs alone (`Operation.is_private`): its state says what
    became of it. `customer` is whose tax
    code was typed; the asking person never learns from us whether there is one. `foundation.files.keeping` hands out the file.
    """

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    operation = models.OneToOneField(
        Operation, models.PROTECT, related_name="mandate", verbose_name=_("operation that asks for it")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="mandates", verbose_name=_("customer acted for")
    )
    capacity = models.CharField(_("acts as"), max_length=8, choices=Capacity.choices)
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("As its sender says"))
    name = models.CharField(_("file name"), max_length=120, help_text=_("As the sender called it, cleaned"))
    content_type = models.CharField(_("type"), max_length=80, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of who acts for another")
        verbose_name_plural = _("documents of those who act for another")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=is_among("capacity", BY_DOCUMENT), name="mandate_capacity_is_by_document"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="mandate_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="mandate_is_not_empty"),
        ]
        triggers = [
            *never_deleted(),
            fixed("mandate_is_fixed", ["operation", "customer", "capacity", "valid_until", "sha256", "file"]),
        ]

    def __str__(self) -> str:
        return self.name
