"""`CallBack`: an hour at which a customer asked to be called, agreed in the reserved area."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from customers.visibility import reach_of
from foundation.guards import fixed, never_deleted
from foundation.requests import Reader

from .contact import Contact, ContactState


class CallBackQuerySet(models.QuerySet["CallBack"]):
    """Questions asked about call-backs."""

    def visible_to(self, user: Reader) -> "CallBackQuerySet":
        """Call-backs of the customers whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def booked(self) -> "CallBackQuerySet":
        """Not called off: these take a place of their hour. As the partial constraint and index have it."""
        return self.filter(cancelled_at__isnull=True)

    def to_make(self) -> "CallBackQuerySet":
        """Booked, and nobody has closed the conversation yet: still to be called."""
        return self.booked().exclude(contact__state=ContactState.CLOSED)


class CallBack(models.Model):
    """A call that we owe a customer, from `starts_at` up to `ends_at`, to `phone`.

    The work on it is its contact's: it is made when the contact is closed. Moved, it is the same row with another hour.
    """

    submission_key = models.UUIDField(_("key of the submission"), unique=True)
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="call_back", verbose_name=_("contact"))
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="call_backs", verbose_name=_("customer"), db_index=False
    )
    phone = models.CharField(_("phone"), max_length=16, help_text=_("E.164, such as +393331234567"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    tries = models.PositiveSmallIntegerField(_("tries without an answer"), default=0)
    booked_at = models.DateTimeField(pgettext_lazy("call-back", "booked at"), default=timezone.now)
    cancelled_at = models.DateTimeField(_("called off at"), null=True, blank=True)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="call_back_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(phone=""), name="call_back_has_a_number"),
            models.UniqueConstraint(
                fields=["customer", "starts_at"],
                condition=Q(cancelled_at__isnull=True),
                name="one_call_back_per_customer_and_hour",
            ),
        ]
        indexes = [
            # The places taken of each hour, and the calls of today.
            models.Index(fields=["starts_at"], name="call_back_hour", condition=Q(cancelled_at__isnull=True)),
            # A customer's own, newest first.
            models.Index(fields=["customer", "-starts_at"], name="call_back_of_customer"),
        ]
        triggers = [*never_deleted(), fixed("asked_is_fixed", ["submission_key", "contact", "customer"])]

    def __str__(self) -> str:
        return self.contact.number
