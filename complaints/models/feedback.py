"""`Feedback`: opinions about the app and the reserved area. People who write words are harsher than the others."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from contact_center.models import Contact
from customers.models import Customer, User
from customers.visibility import reach_of


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Questions asked about feedback."""

    def visible_to(self, user: User) -> "FeedbackQuerySet":
        """All for company staff, an agency's own customers', one's own."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def unhandled(self) -> "FeedbackQuerySet":
        """Nobody has dealt with it yet."""
        return self.filter(handled_at__isnull=True)


class Feedback(models.Model):
    """Stars and perhaps words about the app or the reserved area, promotable to a contact or a complaint."""

    class Source(models.TextChoices):
        APP = "app", _("MyVittoria app")
        PORTAL = "portal", _("reserved area")

    class Theme(models.TextChoices):
        NOT_THEMED = "", _("no theme yet")
        NAVIGATION = "navigation", _("navigation")
        LOGIN = "login", _("sign-in and access")
        BUGS = "bugs", _("crashes and faults")
        SERVICE = "service", _("customer service")
        PAYMENT = "payment", _("payment of premiums")
        UPDATES = "updates", _("updates of the app")
        DOCUMENTS = "documents", _("documents")
        DEADLINES = "deadlines", _("notices and deadlines")
        CLAIMS = "claims", _("claims")
        UNINTELLIGIBLE = "unintelligible", _("cannot be interpreted")

    source = models.CharField(_("source"), max_length=6, choices=Source.choices)
    external_id = models.CharField(_("key at the source"), max_length=80, blank=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name=_("customer")
    )
    rating = models.PositiveSmallIntegerField(_("rating (1 to 5)"))
    text = models.TextField(_("text"), blank=True)
    theme = models.CharField(_("theme"), max_length=14, choices=Theme.choices, default=Theme.NOT_THEMED, blank=True)
    platform = models.CharField(_("platform"), max_length=30, blank=True)
    app_version = models.CharField(_("version of the app"), max_length=30, blank=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)
    handled_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handled by")
    )
    contact = models.OneToOneField(
        Contact, models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name=_("became the contact")
    )
    complaint = models.OneToOneField(
        Complaint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="feedback",
        verbose_name=_("became the complaint"),
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="feedback_rating_range"),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True) | Q(handled_at__gte=F("received_at")),
                name="feedback_handled_after",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="feedback_once_per_source"
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="feedback_newest"),
            models.Index(
                fields=["received_at", "id"], name="feedback_unhandled", condition=Q(handled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {self.rating}/5, {self.received_at:%d/%m/%Y}"

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names of the customer, if any, by which a text may call them."""
        return self.customer.every_name if self.customer else ()
