"""`CallBack`: a call that we owe a person: booked in the reserved area, agreed with an agent, or owed to one who gave up waiting."""

from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted
from foundation.requests import Reader

from .call import Call
from .contact import Contact
from .organisation import Agent

RINGS_FOR = timedelta(hours=1)  # from its hour; after that it is late, and in the list alone


class CallBackSource(models.TextChoices):
    """From whom a call-back comes."""

    CUSTOMER = "customer", _("booked by the customer")
    AGENT = "agent", _("agreed with an agent")
    GAVE_UP = "gave_up", _("gave up waiting")


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
        """Booked, and nobody has closed the conversation yet: still to be called.

        Said as the partial indexes of open contacts say it: they are few, the call-backs of all years are many.
        """
        return self.booked().filter(contact__state__in=Contact.OPEN_STATES)

    def not_begun(self) -> "CallBackQuerySet":
        """Still to be made, and nobody is calling. As the index of those to ring has it."""
        return self.to_make().filter(begun_at__isnull=True)

    def of_agent(self, agent: Agent) -> "CallBackQuerySet":
        """The agent's own, and those of their team that nobody has."""
        of_team = Q(contact__owner__isnull=True) & (Q(contact__team=agent.team_id) | Q(contact__team__isnull=True))
        return self.filter(Q(contact__owner=agent) | of_team)

    def ringing(self, now: datetime) -> "CallBackQuerySet":
        """Those whose hour has come a short while ago, and that nobody has begun."""
        return self.not_begun().filter(starts_at__lte=now, starts_at__gt=now - RINGS_FOR)

    def that_gave_up(self) -> "CallBackQuerySet":
        """Those owed to callers who gave up waiting."""
        return self.filter(source=CallBackSource.GAVE_UP)


class CallBack(models.Model):
    """A call that we owe a person, from `starts_at` up to `ends_at`, to `phone`.

    The work on it is its contact's, and so is whoever has it: the contact's owner, or else its team. It is made when the contact is
    closed. Moved, or tried once more, it is the same row with another hour. The customer is nobody where the person is not known.
    """

    Source = CallBackSource

    submission_key = models.UUIDField(_("key of the submission"), unique=True)
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="call_back", verbose_name=_("contact"))
    source = models.CharField(
        _("source"),
        max_length=8,
        choices=CallBackSource.choices,
        default=CallBackSource.CUSTOMER,
        db_default=CallBackSource.CUSTOMER.value,
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="call_backs",
        verbose_name=_("customer"),
        db_index=False,
    )
    phone = models.CharField(_("phone"), max_length=16, help_text=_("E.164, such as +393331234567"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    rang_at = models.DateTimeField(
        _("shown to agents at"), null=True, blank=True, help_text=_("Since when its hour is announced")
    )
    begun_at = models.DateTimeField(
        _("begun at"), null=True, blank=True, help_text=_("Since when an agent is calling; empty again after a try")
    )
    tries = models.PositiveSmallIntegerField(_("tries without an answer"), default=0)
    booked_at = models.DateTimeField(pgettext_lazy("call-back", "booked at"), default=timezone.now)
    cancelled_at = models.DateTimeField(_("called off at"), null=True, blank=True)
    gave_up_on = models.DateField(_("gave up on"), null=True, blank=True, help_text=_("Only of a caller who gave up"))
    gave_up_at = models.DateTimeField(_("gave up last at"), null=True, blank=True)
    gave_up_count = models.PositiveSmallIntegerField(_("calls given up"), default=0, db_default=0)
    longest_wait_seconds = models.PositiveIntegerField(_("longest wait (s)"), default=0, db_default=0)
    settled_by = models.ForeignKey(
        Call,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reached us in the call"),
        db_index=False,
    )

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="call_back_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(phone=""), name="call_back_has_a_number"),
            one_of("source", CallBackSource, name="call_back_source_is_known"),
            models.CheckConstraint(
                condition=~Q(source="customer") | Q(customer__isnull=False), name="call_back_booked_has_its_customer"
            ),
            models.CheckConstraint(
                condition=Q(source="gave_up", gave_up_on__isnull=False, gave_up_at__isnull=False, gave_up_count__gt=0)
                | (
                    ~Q(source="gave_up")
                    & Q(gave_up_on__isnull=True, gave_up_at__isnull=True, gave_up_count=0, settled_by__isnull=True)
                ),
                name="call_back_says_when_they_gave_up",
            ),
            models.UniqueConstraint(
                fields=["phone", "gave_up_on"],
                condition=Q(source="gave_up"),
                name="one_call_back_per_number_and_day",
            ),
            models.UniqueConstraint(
                fields=["customer", "starts_at"],
                condition=Q(cancelled_at__isnull=True),
                name="one_call_back_per_customer_and_hour",
            ),
        ]
        indexes = [
            # The places taken of each hour, and the calls of today.
            models.Index(fields=["starts_at"], name="call_back_hour", condition=Q(cancelled_at__isnull=True)),
            # Those whose hour comes, or has come, and that nobody has begun: asked several times a minute.
            models.Index(
                fields=["starts_at"],
                name="call_back_to_ring",
                condition=Q(cancelled_at__isnull=True, begun_at__isnull=True),
            ),
            # A customer's own, newest first.
            models.Index(fields=["customer", "-starts_at"], name="call_back_of_customer"),
        ]
        triggers = [
            *never_deleted(),
            fixed("asked_is_fixed", ["submission_key", "contact"]),
            fixed("customer_is_fixed", ["customer"], once=pgtrigger.Q(old__customer__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.contact.number
