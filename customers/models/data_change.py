"""`DataChange`: what changed in the ways to reach a customer, their address or their language, who changed it and why."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import ContactPointKind, Customer
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import append_only
from foundation.requests import Reader


class DataChangeQuerySet(models.QuerySet["DataChange"]):
    """Questions asked about changes."""

    def visible_to(self, user: Reader) -> "DataChangeQuerySet":
        """Those of the customers whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))


class ChangeKind(models.TextChoices):
    """What was done."""

    ADDED = "added", _("added")
    CORRECTED = "corrected", _("corrected")
    VERIFIED = "verified", _("verified")
    RETIRED = "retired", _("removed")
    ADDRESS = "address", _("address changed")
    LANGUAGE = "language", _("language changed")
    ACCESS = "access", _("reserved area")


OF_A_POINT = (ChangeKind.ADDED, ChangeKind.CORRECTED, ChangeKind.VERIFIED, ChangeKind.RETIRED)
OF_THE_PERSON = (ChangeKind.ADDRESS, ChangeKind.LANGUAGE)
TO_ANOTHER = (ChangeKind.CORRECTED, ChangeKind.ADDRESS, ChangeKind.LANGUAGE, ChangeKind.ACCESS)

LOCKED = "locked"  # of a sign-in for which no password is taken, in the place of the account's state


class ChangeReason(models.TextChoices):
    """Why, as the person who changed it chose it."""

    CUSTOMER = "customer", _("by the customer, in the reserved area")
    PHONE = "phone", _("asked by the customer by telephone")
    WRITTEN = "written", _("asked by the customer in writing")
    PAPER = "paper", _("asked by the customer on paper")
    OUR_ERROR = "our_error", _("an error of ours is corrected")
    RETURNED = "returned", _("our mail came back")
    MISUSE = "misuse", _("somebody else may be using it")


class DataChange(models.Model):
    """One change of a customer's data, as it was and as it became. Rows are added, never changed.

    `about` is the id of the contact point, which may be gone, or of the account: it is no key. `old` is empty for what was
    added or verified, `new` for what was removed. A value whose last change is that it was taken away does not come back with the
    portfolio. Of an account it is the state and the address of its sign-in: "suspended maria@example.it".
    """

    Kind = ChangeKind
    Reason = ChangeReason

    key = models.UUIDField(_("key of the submission"), unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="data_changes", verbose_name=_("customer"), db_index=False
    )
    kind = models.CharField(_("what was done"), max_length=9, choices=Kind.choices)
    point_kind = models.CharField(_("kind"), max_length=5, choices=ContactPointKind.choices, blank=True)
    about = models.BigIntegerField(_("contact point or account"), null=True, blank=True)
    old = models.CharField(_("before"), max_length=500, blank=True)
    new = models.CharField(_("after"), max_length=500, blank=True)
    reason = models.CharField(_("reason"), max_length=9, choices=Reason.choices)
    words = models.CharField(_("in words"), max_length=300, blank=True)
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = DataChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a customer's data")
        verbose_name_plural = _("changes of the customer's data")
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("reason", ChangeReason, name="data_change_reason_is_known"),
            # No other kind than the known ones either.
            models.CheckConstraint(
                condition=is_among("kind", OF_A_POINT)
                & is_among("point_kind", tuple(ContactPointKind))
                & Q(about__isnull=False)
                | Q(kind=ChangeKind.ACCESS, point_kind="", about__isnull=False)
                | is_among("kind", OF_THE_PERSON) & Q(point_kind="", about__isnull=True),
                name="data_change_names_what_it_is_about",
            ),
            models.CheckConstraint(
                condition=is_among("kind", (ChangeKind.ADDED, ChangeKind.VERIFIED)) & Q(old="") & ~Q(new="")
                | Q(kind=ChangeKind.RETIRED, new="") & ~Q(old="")
                | is_among("kind", TO_ANOTHER) & ~Q(new="") & ~Q(old=F("new")),
                name="data_change_is_a_change",
            ),
        ]
        indexes = [
            # The customer's file: newest first; and what the portfolio may not bring back.
            models.Index(fields=["customer", "-at", "-id"], name="data_change_of_customer"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that a person quotes, such as V-00000123."""
        return f"V-{self.pk:08d}" if self.pk else "V-?"
