"""`Agency` and its members: the sales network, and which customers each member may see."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.visibility import reach_of
from foundation.history import keep_history
from foundation.requests import Reader
from foundation.sorting import Folded


class AgencyQuerySet(models.QuerySet):
    """Questions asked about agencies."""

    def visible_to(self, user: Reader) -> "AgencyQuerySet":
        """Agencies the user may look up: all for the company's staff, one's own for an agency member."""
        reach = reach_of(user)
        return self if reach.everything else self.filter(pk__in=reach.agency_ids)


class Agency(models.Model):
    """An agency of the sales network (section A of the RUI, the register of intermediaries)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    rui_number = models.CharField(_("RUI number"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    province = models.CharField(_("province"), max_length=2, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True, help_text=_("E.164, such as +390212345678"))
    email = models.EmailField(_("e-mail address"), blank=True)
    pec = models.EmailField(_("certified e-mail (PEC)"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = [Folded("name"), "code"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(code=""), name="agency_has_a_code"),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=r"^\+[1-9][0-9]{4,14}$"),
                name="agency_phone_is_e164",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


@keep_history()
class AgencyMember(models.Model):
    """A person who works for an agency and sees its customers."""

    user = models.ForeignKey(
        "customers.User", models.PROTECT, related_name="agency_memberships", verbose_name=_("user"), db_index=False
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="members", verbose_name=_("agency"))
    is_principal = models.BooleanField(_("holder of the agency"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("agency member")
        verbose_name_plural = _("agency members")
        ordering = ["agency", "user"]
        constraints = [models.UniqueConstraint(fields=["user", "agency"], name="one_membership_per_person_and_agency")]

    def __str__(self) -> str:
        return f"{self.user} – {self.agency}"


@keep_history()
class CampaignAgency(models.Model):
    """That a campaign author writes promotions for an agency, or, where none is named, for the company over all of them."""

    user = models.ForeignKey(
        "customers.User", models.PROTECT, related_name="campaign_agencies", verbose_name=_("user"), db_index=False
    )
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaign_authors",
        verbose_name=_("agency"),
        help_text=_("Empty: the company itself, and every agency"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("agency of a campaign author")
        verbose_name_plural = _("agencies of a campaign author")
        ordering = ["user", "agency"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency"], nulls_distinct=False, name="one_record_per_author_and_agency"
            )
        ]

    def __str__(self) -> str:
        where = self.agency or _("all agencies")
        return f"{self.user} – {where}"
