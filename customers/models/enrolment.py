"""`Enrolment`: somebody asked for a place in the reserved area, and what we answered by e-mail."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from foundation.constraints import is_among


class EnrolmentOutcome(models.TextChoices):
    """What came of a request to enrol."""

    LINK = "link", _("link sent")
    KNOWN = "known", _("had a sign-in already")
    UNKNOWN = "unknown", _("data did not match")


class Enrolment(models.Model):
    """One request to enrol. The page shows the same to everybody; only the mailbox of `email` learns the outcome.

    Tax code and policy number are compared and forgotten. Of the link only a digest is kept; it works once.
    """

    Outcome = EnrolmentOutcome

    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="enrolments", verbose_name=_("customer")
    )
    email = models.EmailField(_("e-mail address"))
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome.choices)
    submission_key = models.UUIDField(_("key of the submission"), unique=True)
    digest = models.CharField(_("digest of the link"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("link valid until"), null=True, blank=True)
    used_at = models.DateTimeField(_("link used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="link", customer__isnull=False, expires_at__isnull=False) & ~Q(digest="")
                | Q(digest="", expires_at__isnull=True)
                & is_among("outcome", (EnrolmentOutcome.KNOWN, EnrolmentOutcome.UNKNOWN))
                & Q(used_at__isnull=True),
                name="enrolment_link_has_customer_digest_and_end",
            ),
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="enrolment_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.get_outcome_display()}"
