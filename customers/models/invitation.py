"""`Invitation`: somebody of a company invites a further person by e-mail."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.account import ReservedAreaAccount, Right
from customers.models.customer import Customer
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted


class InvitationState(models.TextChoices):
    """What became of an invitation. One whose day is over remains as it was sent."""

    SENT = "sent", pgettext_lazy("invitation", "sent")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("invitation", "withdrawn")


class Invitation(models.Model):
    """An invitation to act for a company, by a link to one mailbox. Of the link only a digest is kept; it works once."""

    State = InvitationState

    submission_key = models.UUIDField(_("key of the submission"), unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="invitations", verbose_name=_("customer"), db_index=False
    )
    email = models.EmailField(_("e-mail address"))
    rights = ArrayField(
        models.CharField(max_length=7, choices=Right.choices),
        default=list,
        blank=True,
        verbose_name=pgettext_lazy("rights", "may"),
    )
    invited_by = models.ForeignKey(
        "customers.User", models.PROTECT, related_name="+", verbose_name=_("invited by"), db_index=False
    )
    digest = models.CharField(_("digest of the link"), max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.SENT)
    account = models.OneToOneField(
        ReservedAreaAccount,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitation",
        verbose_name=_("account that it gave"),
    )
    created_at = models.DateTimeField(_("sent at"), default=timezone.now)
    expires_at = models.DateTimeField(_("link valid until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            one_of("state", InvitationState, name="invitation_state_is_known"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(rights__contained_by=[right.value for right in Right]), name="invitation_rights_are_known"
            ),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="invitation_digest_shape"),
            models.CheckConstraint(
                condition=Q(state="sent", ended_at__isnull=True) | ~Q(state="sent") & Q(ended_at__isnull=False),
                name="invitation_ended_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", account__isnull=False) | ~Q(state="accepted") & Q(account__isnull=True),
                name="invitation_accepted_has_its_account",
            ),
            # A further one to the same mailbox takes the place of the one before.
            models.UniqueConstraint(
                fields=["customer", "email"], condition=Q(state="sent"), name="one_open_invitation_to_a_mailbox"
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed("invitation_is_fixed", ["customer", "email", "rights", "invited_by", "digest", "expires_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.get_state_display()}"
