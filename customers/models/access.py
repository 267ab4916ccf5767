"""Who opened whose file, when and why (`AccessLog`); which files ask a reason first (`FileRestriction`); and what of it the
data protection officer should look at (`UnusualAccess`)."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.guards import append_only, never_deleted


class AccessReason(models.TextChoices):
    """Why somebody opened a file that asks a reason, in the words of the list."""

    CALLS = "calls", _("the person is calling")
    WROTE = "wrote", _("the person wrote to us")
    CLAIM = "claim", _("a claim of the person")
    COMPLAINT = "complaint", _("a complaint of the person")
    PAYMENT = "payment", _("a payment of the person")
    CHECK = "check", _("a check that was ordered")
    OTHER = "other", _("something else")


class AccessLog(models.Model):
    """One look of a member of staff at a customer's file, or at a file of many. Rows are added, never changed."""

    Reason = AccessReason

    user = models.ForeignKey(
        "customers.User", models.PROTECT, related_name="+", verbose_name=_("user"), db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="access_log",
        verbose_name=_("customer"),
        db_index=False,
        help_text=_("Nobody where many customers were in what was taken, such as the register of complaints"),
    )
    what = models.CharField(_("what was opened"), max_length=60)
    reason_kind = models.CharField(_("reason"), max_length=10, choices=AccessReason.choices, blank=True)
    reason = models.CharField(_("reason in words"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("access to a file")
        verbose_name_plural = _("accesses to files")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason_kind="") | models.Q(reason_kind__in=AccessReason.values),
                name="access_reason_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-at"], name="access_to_customer"),
            models.Index(fields=["user", "-at"], name="access_by_user"),
            # The accesses of a night's day, for the rules of what is unusual: ten years of rows are not read for one day.
            BrinIndex(fields=["at"], name="access_of_a_day"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return " – ".join(str(each) for each in (self.user, self.customer, self.what) if each)


class RestrictionGround(models.TextChoices):
    """Why a file asks a reason before it is opened."""

    COLLEAGUE = "colleague", _("a colleague")
    PUBLIC = "public", _("a public person")
    PROTECTED = "protected", _("somebody who needs protection")


class FileRestriction(models.Model):
    """The mark of the data protection officer on a customer's file: since when, why, and until when.

    Lifted marks stay as the history of the file. A member of staff who has an account of the reserved area needs no mark: the
    account says so (`customers.sensitive.restricted`).
    """

    Ground = RestrictionGround

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="restrictions", verbose_name=_("customer"), db_index=False
    )
    ground = models.CharField(_("ground"), max_length=10, choices=RestrictionGround.choices)
    reason = models.CharField(_("reason"), max_length=300)
    marked_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("marked by"))
    marked_at = models.DateTimeField(_("marked at"), default=timezone.now)
    lifted_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_reason = models.CharField(_("reason of the lifting"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("restriction of a file")
        verbose_name_plural = _("restrictions of files")
        ordering = ["-marked_at", "-pk"]
        constraints = [
            one_of("ground", RestrictionGround, name="restriction_ground_is_known"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="restriction_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_reason="")
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~models.Q(lifted_reason=""),
                name="restriction_lifted_by_somebody_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(lifted_at__isnull=True),
                name="one_restriction_in_force_per_customer",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-marked_at"], name="restrictions_of_customer")]
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.customer}: {self.get_ground_display()}"


class UnusualRule(models.TextChoices):
    """What made an access worth a look; the thresholds and their words are in `customers.sensitive.rules`."""

    MANY = "many", _("many files in an hour")
    UNEXPLAINED = "unexplained", _("files without a contact or a task")
    NAMESAKE = "namesake", _("somebody of the same surname or address")
    HOURS = "hours", _("outside working hours")
    VAGUE = "vague", _("restricted file with a vague reason")
    DOWNLOADS = "downloads", _("files of many customers taken away")
    AGAIN = "again", _("one file again and again")
    OTHER_AGENCY = "agency", _("customer of another agency")
    SEARCHED = "searched", _("search for a restricted file")


class UnusualAccess(models.Model):
    """What one person opened on one day that a rule found unusual: for the data protection officer to look at."""

    Rule = UnusualRule

    day = models.DateField(_("day"))
    user = models.ForeignKey(
        "customers.User", models.PROTECT, related_name="+", verbose_name=_("who opened"), db_index=False
    )
    rule = models.CharField(_("what is unusual"), max_length=12, choices=UnusualRule.choices)
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer"),
        help_text=_("Nobody where the rule is about many files"),
    )
    number = models.PositiveIntegerField(_("how many"))
    usual = models.PositiveIntegerField(
        _("usual number"), null=True, blank=True, help_text=_("The person's own, of the last four weeks")
    )
    found_at = models.DateTimeField(_("found at"), default=timezone.now)
    examined_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("examined by")
    )
    examined_at = models.DateTimeField(_("examined at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("unusual access")
        verbose_name_plural = _("unusual accesses")
        ordering = ["-day", "pk"]
        constraints = [
            one_of("rule", UnusualRule, name="unusual_rule_is_known"),
            models.CheckConstraint(
                condition=models.Q(examined_at__isnull=True, examined_by__isnull=True, note="")
                | models.Q(examined_at__isnull=False, examined_by__isnull=False) & ~models.Q(note=""),
                name="unusual_access_examined_by_somebody_with_a_note",
            ),
            models.UniqueConstraint(fields=["day", "user", "rule", "customer"], name="unusual_access_once"),
            models.UniqueConstraint(
                fields=["day", "user", "rule"],
                condition=models.Q(customer__isnull=True),
                name="unusual_accesses_to_many_once",
            ),
        ]
        indexes = [
            # What is still to be looked at, the newest first: the list and the tile of the first page.
            models.Index(
                fields=["-day", "id"], name="unusual_to_examine", condition=models.Q(examined_at__isnull=True)
            ),
            # What is forgotten each night.
            models.Index(fields=["found_at"], name="unusual_to_forget"),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return f"{self.user} – {self.get_rule_display()}"
