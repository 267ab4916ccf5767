"""`PolicyValue`: what a life policy is worth on a day (art. 42, paragraph 3, IVASS Reg. 41/2018)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.policy import Policy
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.requests import Reader


class PolicyValueQuerySet(models.QuerySet["PolicyValue"]):
    """Questions asked about the values of policies."""

    def visible_to(self, user: Reader) -> "PolicyValueQuerySet":
        """Values of the policies that the reader holds or looks after; whom a policy covers does not see them."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="policy__holder", agency="policy__agency"))


class PolicyValueKind(models.TextChoices):
    """What was valued."""

    SURRENDER = "surrender", _("surrender value")
    POSITION = "position", _("value of the position")


class PolicyValue(models.Model):
    """A value in euro and the day that it is of, as the company's system gave it. The newest of a kind is shown."""

    Kind = PolicyValueKind

    key = models.CharField(
        _("key"), max_length=250, unique=True, help_text=_("Policy, kind, fund and day, as the file gives them")
    )
    policy = models.ForeignKey(
        Policy, models.CASCADE, related_name="policy_values", verbose_name=_("policy"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    amount = models.DecimalField(_("amount (euro)"), max_digits=14, decimal_places=2)
    valued_on = models.DateField(_("value of the day"))
    fund = models.CharField(_("fund or index"), max_length=120, blank=True)
    units = models.DecimalField(_("units"), max_digits=18, decimal_places=6, null=True, blank=True)
    unit_price = models.DecimalField(
        _("price of a unit (euro)"), max_digits=14, decimal_places=6, null=True, blank=True
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = PolicyValueQuerySet.as_manager()

    class Meta:
        verbose_name = _("value of a policy")
        verbose_name_plural = _("values of a policy")
        ordering = ["-valued_on", "kind", "fund"]
        constraints = [
            one_of("kind", PolicyValueKind, name="policy_value_kind_is_known"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="policy_value_not_negative"),
            models.UniqueConstraint(
                fields=["policy", "kind", "fund", "valued_on"], name="one_value_of_a_policy_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}: {self.get_kind_display()}"
