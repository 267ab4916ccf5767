"""`Recipient`: one person and one promotion. Whether they were written to, on whose permission, and if not, why not."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contact_center.models import Contact
from customers.models import Consent, Customer, Policy
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import fixed, never_deleted
from foundation.requests import Reader
from notifications.channels import Channel
from notifications.models import Notice
from promotions.models.promotion import CHANNELS, Promotion


class Exclusion(models.TextChoices):
    """Why a person whom the filters find is not written to. The order is that in which the reasons are asked."""

    ERASED = "erased", _("asked for erasure")
    DECEASED = "deceased", _("deceased")
    MINOR = "minor", _("under age")
    PAUSED = "paused", _("not to be contacted for now")
    COMPLAINT = "complaint", _("an open complaint")
    CLAIM = "claim", _("a fresh or open claim")
    NO_PROFILING = "no_profiling", _("no consent to offers chosen by profile")
    NO_CONSENT = "no_consent", _("no consent to promotions")
    OPTED_OUT = "opted_out", _("refused or withdrew the consent")
    NO_ADDRESS = "no_address", _("no address on a channel they allow")
    SUPPRESSED = "suppressed", _("nothing is sent to their address any more")
    CAPPED = "capped", _("written to too recently")
    # Only when it is asked again, just before it is sent.
    MOVED = "moved", _("customer of another agency meanwhile")
    UNFIT = "unfit", _("no longer among the people it is meant for")
    TOO_LATE = "too_late", _("its last day was over")
    STOPPED = "stopped", _("the promotion was stopped")


class RecipientState(models.TextChoices):
    """What became of a person of the audience."""

    WAITING = "waiting", pgettext_lazy("recipient", "to be written to")
    HELD_OUT = "held_out", pgettext_lazy("recipient", "held out")
    EXCLUDED = "excluded", pgettext_lazy("recipient", "left out")
    WRITTEN = "written", pgettext_lazy("recipient", "written to")


class RecipientQuerySet(models.QuerySet["Recipient"]):
    """Questions asked about recipients."""

    def visible_to(self, user: Reader) -> "RecipientQuerySet":
        """Those whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def drawn(self) -> "RecipientQuerySet":
        """Those whom nothing excluded when the audience was drawn: written to or held out, as the lot fell."""
        return self.filter(was_eligible=True)


class Recipient(models.Model):
    """A person whom the filters of a promotion found when its audience was drawn: one row, whatever became of them.

    `consent` (or, for a similar product, `policy`) is what allowed the message, and remains as its proof; `key` is the
    secret of the address that the message leads to.
    """

    State = RecipientState

    promotion = models.ForeignKey(
        Promotion, models.PROTECT, related_name="recipients", verbose_name=_("promotion"), db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="promotions_received", verbose_name=_("customer"), db_index=False
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    reason = models.CharField(
        _("reason"), max_length=12, choices=Exclusion.choices, blank=True, default="", db_default=""
    )
    was_eligible = models.BooleanField(
        _("eligible when drawn"), help_text=_("Nothing excluded the person when the lots were drawn")
    )
    channel = models.CharField(
        _("channel"),
        max_length=6,
        choices=[(each.value, each.label) for each in CHANNELS],
        blank=True,
        default="",
        db_default="",
    )
    consent = models.ForeignKey(
        Consent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("consent that allowed it"),
        db_index=False,
    )
    profile_consent = models.ForeignKey(
        Consent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("consent to profiling that allowed it"),
        db_index=False,
    )
    policy = models.ForeignKey(
        Policy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("similar product held"),
        db_index=False,
    )
    notice = models.OneToOneField(
        Notice, models.PROTECT, null=True, blank=True, related_name="promotion_recipient", verbose_name=_("notice")
    )
    key = models.UUIDField(_("key of the link"), unique=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("what the person asked"),
        db_index=False,
    )
    drawn_at = models.DateTimeField(_("drawn at"), default=timezone.now)
    written_at = models.DateTimeField(_("written at"), null=True, blank=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipient of a promotion")
        verbose_name_plural = _("recipients of a promotion")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["promotion", "customer"], name="one_recipient_per_promotion"),
            one_of("state", RecipientState, name="recipient_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="excluded") & is_among("reason", Exclusion) | ~Q(state="excluded") & Q(reason=""),
                name="recipient_left_out_says_why",
            ),
            models.CheckConstraint(
                condition=Q(was_eligible=True) | Q(state="excluded"), name="recipient_eligible_or_left_out"
            ),
            # Nothing leaves without what allowed it.
            models.CheckConstraint(
                condition=~Q(state="written")
                | Q(notice__isnull=False, written_at__isnull=False)
                & ~Q(channel="")
                & (Q(consent__isnull=False) | Q(policy__isnull=False, channel=Channel.EMAIL.value)),
                name="recipient_written_to_was_allowed",
            ),
            models.CheckConstraint(
                condition=Q(state="written") | Q(notice__isnull=True, written_at__isnull=True),
                name="recipient_not_written_to_has_no_notice",
            ),
        ]
        indexes = [
            # The next to be written to.
            models.Index(fields=["promotion", "id"], name="recipient_waiting", condition=Q(state="waiting")),
            # How many of a promotion came to what.
            models.Index(fields=["promotion", "state", "reason"], name="recipient_counts"),
            # When a person last heard of a promotion, whoever wrote it; and their file.
            models.Index(fields=["customer", "-written_at"], name="recipient_of_customer"),
        ]
        triggers = [
            *never_deleted(),
            fixed("drawn_is_fixed", ["promotion", "customer", "was_eligible", "key", "drawn_at"]),
            fixed(
                "written_is_fixed",
                ["state", "channel", "consent", "profile_consent", "policy", "notice", "written_at"],
                once=pgtrigger.Q(old__state="written"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promotion_id}: {self.get_state_display()}"
