"""`ProofCode`: a code sent to a new telephone number or e-mail address, which shows that the customer answers from it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import ContactPointKind, Customer
from foundation.constraints import one_of
from foundation.encryption import EncryptedJSONField
from foundation.guards import fixed

MOST_TRIES = 5


class ProofCode(models.Model):
    """One code, as a digest; the change that waits for it, the wrong tries, and when it was used or made void.

    `point` is the id of the contact point that a colleague verifies by it; None where an operation of the customer waits.
    """

    key = models.UUIDField(_("key"), unique=True)
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="+", verbose_name=_("customer"), db_index=False
    )
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    kind = models.CharField(_("kind"), max_length=16, help_text=_("Of the operation that waits for the code"))
    value = models.CharField(_("value"), max_length=254, help_text=_("The number or address that it was sent to"))
    facts = EncryptedJSONField(_("facts"), default=dict, column="customers_proofcode.facts")
    point = models.BigIntegerField(_("contact point that it verifies"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    voided_at = models.DateTimeField(_("made void at"), null=True, blank=True)

    class Meta:
        verbose_name = _("proof code")
        verbose_name_plural = _("proof codes")
        ordering = ["-created_at"]
        constraints = [
            one_of("kind", ContactPointKind, name="proof_code_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True) | models.Q(voided_at__isnull=True),
                name="proof_code_used_or_void",
            ),
            models.CheckConstraint(condition=models.Q(tries__lte=MOST_TRIES), name="proof_code_tries_have_an_end"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="proof_code_lasts_a_while"
            ),
        ]
        indexes = [
            # How many were sent in the last hour: for a customer, and to an address whoever asks.
            models.Index(fields=["customer", "-created_at"], name="proof_code_of_customer"),
            models.Index(fields=["value", "-created_at"], name="proof_code_to_value"),
        ]
        triggers = [
            fixed(
                "sent_is_fixed",
                ["key", "customer", "by", "kind", "value", "facts", "point", "digest", "created_at", "expires_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%d/%m/%Y %H:%M}"

    @property
    def is_waiting(self) -> bool:
        """Whether it is still taken: neither used nor void, not too old, not tried too often."""
        is_over = self.used_at is not None or self.voided_at is not None
        return not is_over and self.has_tries_left and timezone.now() < self.expires_at

    @property
    def has_tries_left(self) -> bool:
        """Whether it was not tried wrongly too often."""
        return self.tries < MOST_TRIES
