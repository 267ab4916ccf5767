"""`PolicyPerson`: a beneficiary or a referent of a life policy (art. 42, paragraph 3, IVASS Reg. 41/2018)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.policy import Policy
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.history import keep_history
from foundation.masking import name_on_page
from foundation.requests import Reader


class PolicyPersonQuerySet(models.QuerySet["PolicyPerson"]):
    """Questions asked about the people named in a policy."""

    def visible_to(self, user: Reader) -> "PolicyPersonQuerySet":
        """People named in the policies that the reader holds or looks after; whom a policy covers does not see them."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="policy__holder", agency="policy__agency"))

    def named(self) -> "PolicyPersonQuerySet":
        """Named today: their naming was not taken back."""
        return self.filter(removed_on__isnull=True)


class PolicyPersonRole(models.TextChoices):
    """As what a person is named."""

    BENEFICIARY = "beneficiary", _("beneficiary")
    REFERENT = "referent", _("referent")


@keep_history()
class PolicyPerson(models.Model):
    """A person or a company that the policyholder named, as the company's system gave it on a day.

    They need not be customers. Where only a class is named (“the heirs”), that is the name, and nothing else is known.
    """

    Role = PolicyPersonRole

    key = models.CharField(_("key at the source"), max_length=100, unique=True)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="people", verbose_name=_("policy"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    name = models.CharField(_("name"), max_length=200)
    tax_code = models.CharField(_("tax code"), max_length=16, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=11, blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    as_of = models.DateField(_("as of"))
    removed_on = models.DateField(_("no longer named since"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = PolicyPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person named in a policy")
        verbose_name_plural = _("people named in a policy")
        ordering = ["role", "name", "pk"]
        constraints = [
            one_of("role", PolicyPersonRole, name="policy_person_role_is_known"),
            models.CheckConstraint(condition=~Q(key=""), name="policy_person_has_a_key"),
            models.CheckConstraint(condition=~Q(name=""), name="policy_person_has_a_name"),
        ]

    def __str__(self) -> str:
        return name_on_page(self.name)
