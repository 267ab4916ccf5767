"""`Topic`: why people contact us, as dated data."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.validators import validate_one_line
from foundation.naming import NamedInTwoLanguages
from foundation.sorting import Folded

from .marks import TOPIC_MARKS
from .organisation import Skill


class TopicQuerySet(models.QuerySet["Topic"]):
    """Questions asked about topics."""

    def public(self) -> "TopicQuerySet":
        """Topics offered to customers who write by the guided form."""
        return self.filter(is_public=True)

    def valid_on(self, day: date) -> "TopicQuerySet":
        """Topics that may be chosen on the day."""
        return self.filter(models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=day)).filter(
            models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=day)
        )


class Topic(NamedInTwoLanguages, models.Model):
    """A reason for contact inside an area. A person who comes back for the same area within days was not resolved."""

    class Area(models.TextChoices):
        CLAIMS = "claims", _("claims")
        POLICIES = "policies", _("policies and documents")
        PAYMENTS = "payments", _("premiums and payments")
        RESERVED_AREA = "reserved_area", _("reserved area and app")
        ROADSIDE = "roadside", _("assistance on the road")
        COMMERCIAL = "commercial", _("quotes and offers")
        PERSONAL_DATA = "personal_data", _("personal data and consents")
        OTHER = "other", _("other")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    area = models.CharField(_("area"), max_length=20, choices=Area.choices, default=Area.OTHER)
    name = models.CharField(_("reason"), max_length=120, validators=[validate_one_line])
    name_en = models.CharField(_("reason, in English"), max_length=120, blank=True, validators=[validate_one_line])
    is_public = models.BooleanField(
        _("offered to customers"), default=False, help_text=_("In the guided request of the site, with its questions")
    )
    needs_skill = models.ForeignKey(
        Skill,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="topics",
        verbose_name=_("skill it asks for"),
        help_text=_("Only agents who have it are given its contacts"),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["area", Folded("name")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="topic_ends_after_it_begins",
            ),
        ]
        triggers = TOPIC_MARKS

    def __str__(self) -> str:
        return self.shown_name

    def is_valid_on(self, day: date) -> bool:
        """Whether it may be chosen on the day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to >= day)
