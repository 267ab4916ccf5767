"""`SignInAddressChange`: the address that somebody signs in with is to be another one, and what came of it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import fixed
from foundation.requests import Reader

MOST_TRIES = 5


class AddressChangeQuerySet(models.QuerySet["SignInAddressChange"]):
    """Questions asked about changes of an address."""

    def visible_to(self, user: Reader) -> "AddressChangeQuerySet":
        """Those of the customers whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))


class AddressChangeChannel(models.TextChoices):
    """Where the change was asked for."""

    PORTAL = "portal", _("reserved area")
    APP = "app", _("app")
    DESK = "desk", _("customer service")


class IdentityQuestion(models.TextChoices):
    """What an agent asked before they helped somebody who lost their address. The answers are never stored."""

    BIRTH_DATE = "birth_date", _("date of birth")
    TAX_CODE = "tax_code", _("whole tax code")
    HOME = "home", _("home address")
    POLICY = "policy", _("number of a policy")
    PAYMENT = "payment", _("day or amount of the last payment")
    CLAIM = "claim", _("what happened in a claim")
    CALLED_BACK = "called_back", _("called back at the number that we had")
    DOCUMENT = "document", _("identity document seen at an agency")


class SignInAddressChange(models.Model):
    """One change: asked for, proved from the new address, and undone from the old one where it was somebody else's doing.

    Of the code and of the two links only digests are stored. The code lasts some minutes and survives five wrong tries.
    """

    Channel = AddressChangeChannel
    Question = IdentityQuestion

    key = models.UUIDField(_("key"), unique=True)
    user = models.ForeignKey("customers.User", models.PROTECT, related_name="address_changes", verbose_name=_("user"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="address_changes", verbose_name=_("customer"))
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("asked by"))
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    old = models.EmailField(_("address before"))
    new = models.EmailField(_("address after"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    questions = models.JSONField(_("asked to identify"), default=list, blank=True)
    code_digest = models.CharField(_("digest of the code"), max_length=64)
    link_digest = models.CharField(_("digest of the link"), max_length=64, blank=True)
    undo_digest = models.CharField(_("digest of the link that undoes it"), max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)
    expires_at = models.DateTimeField(_("may be proved until"))
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    undo_until = models.DateTimeField(_("may be undone until"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of sign-in address")
        verbose_name_plural = _("changes of sign-in address")
        ordering = ["-created_at", "-pk"]
        constraints = [
            one_of("channel", AddressChangeChannel, name="address_change_channel_is_known"),
            models.CheckConstraint(
                condition=Q(old=Lower("old"), new=Lower("new")) & ~Q(old=F("new")), name="address_change_is_a_change"
            ),
            models.CheckConstraint(
                condition=Q(channel="desk") & ~Q(reason="") & ~Q(questions=[]) & ~Q(link_digest="")
                | ~Q(channel="desk") & Q(reason="", questions=[], link_digest=""),
                name="address_change_at_desk_says_why_and_whom",
            ),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="address_change_tries_have_an_end"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="address_change_waits_a_while"),
            models.CheckConstraint(
                condition=Q(changed_at__isnull=True, undo_until__isnull=True, undo_digest="", undone_at__isnull=True)
                | Q(changed_at__isnull=False, undo_until__isnull=False, undo_until__gt=F("changed_at"))
                & ~Q(undo_digest=""),
                name="address_change_made_can_be_undone",
            ),
            models.UniqueConstraint(fields=["link_digest"], condition=~Q(link_digest=""), name="address_link_once"),
            models.UniqueConstraint(fields=["undo_digest"], condition=~Q(undo_digest=""), name="address_undo_once"),
        ]
        indexes = [
            # How many were asked for in the last hour: of a sign-in, and to an address whoever asks.
            models.Index(fields=["user", "-created_at"], name="address_change_of_user"),
            models.Index(fields=["new", "-created_at"], name="address_change_to"),
        ]
        triggers = [
            fixed(
                "asked_is_fixed",
                [
                    *("key", "user", "customer", "by", "channel", "old", "new", "reason", "questions"),
                    *("code_digest", "link_digest", "created_at", "expires_at"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"

    @property
    def may_be_proved(self) -> bool:
        """Whether its code is still taken: not used, not too old, not tried too often."""
        return self.changed_at is None and self.tries < MOST_TRIES and timezone.now() < self.expires_at
