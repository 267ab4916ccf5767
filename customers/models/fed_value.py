"""`FedValue`: what the portfolio's feed last brought of an address or a language that was changed here since."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of

from .customer import Customer


class FedKind(models.TextChoices):
    """What was changed here."""

    ADDRESS = "address", _("postal address")
    LANGUAGE = "language", _("language")


class FedValue(models.Model):
    """The value that the feed last brought, for as long as ours is another one.

    Without a row the customer's own columns are what the feed brought. While the feed still has `value`, ours is kept; the row goes
    once the feed has ours, or brings a third value, which is newer than both.
    """

    Kind = FedKind

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="fed_values", verbose_name=_("customer"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=8, choices=FedKind.choices)
    value = models.JSONField(_("as the portfolio had it"))
    changed_at = models.DateTimeField(_("changed here at"), default=timezone.now)

    class Meta:
        verbose_name = _("value of the portfolio")
        verbose_name_plural = _("values of the portfolio that were changed here")
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], name="fed_value_once_of_a_customer"),
            one_of("kind", FedKind, name="fed_value_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.get_kind_display()}"
