"""The report of a claim: its draft, what was sent, its files, and the documents that are asked for afterwards."""

import secrets
import uuid
from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.claim import Claim, report_number
from customers.models.customer import Customer
from customers.models.policy import Policy
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.encryption import EncryptedJSONField
from foundation.guards import Guard, append_only, fixed, never_deleted, never_emptied
from foundation.models import NumberedYear, Versioned
from foundation.requests import Reader


class ReportYear(NumberedYear):
    """The last number given to a report in a year. Its row is locked while one is sent: no number is missing."""

    class Meta(NumberedYear.Meta):
        verbose_name = _("year of claim reports")
        verbose_name_plural = _("years of claim reports")


class ReportChannel(models.TextChoices):
    """By which door a claim was reported."""

    PORTAL = "portal", _("reserved area")
    APP = "app", _("app")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    POST = "post", _("post")
    AGENCY = "agency", _("agency")


# --- The draft ----------------------------------------------------------------------------------------------------
class ClaimDraftQuerySet(models.QuerySet["ClaimDraft"]):
    """Questions asked about drafts."""

    def visible_to(self, user: Reader) -> "ClaimDraftQuerySet":
        """Drafts of the customers whose files the user may see; for an agency member, those begun at the agency.

        What a customer, or an agent for a caller, has answered so far may reveal an injury: agencies do not read it.
        """
        reach = reach_of(user)
        if reach.everything:
            return self
        within = reach.over(customer="customer", agency="customer__agency")
        return self.filter(within & (Q(channel=ReportChannel.AGENCY) | Q(customer__in=reach.customer_ids)))

    def for_list(self) -> "ClaimDraftQuerySet":
        """With what a list of drafts shows, the one saved last first."""
        return self.select_related("policy").order_by("-saved_at", "-pk")

    def saved_before(self, moment: datetime) -> "ClaimDraftQuerySet":
        """Not touched since."""
        return self.filter(saved_at__lt=moment)


class ClaimDraft(Versioned):
    """A report that is being written, by the customer, or for them by an agent or their agency, on as many devices as they like.

    `answers` are those of the steps saved so far, by step and question (`customers.claim_reports.lines`). It goes when it is
    sent, given up, or CLAIM_DRAFT_DAYS old.
    """

    Channel = ReportChannel

    key = models.UUIDField(_("key"), unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="claim_drafts", verbose_name=_("reported by"), db_index=False
    )
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+", verbose_name=_("policy"))
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices, default=Channel.PORTAL)
    answers = EncryptedJSONField(_("answers"), default=dict, blank=True, column="customers_claimdraft.answers")
    begun_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("begun by"))
    saved_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("last saved by"))
    begun_at = models.DateTimeField(pgettext_lazy("report", "begun at"), default=timezone.now)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    objects = ClaimDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a claim report")
        verbose_name_plural = _("drafts of claim reports")
        ordering = ["-saved_at", "-pk"]
        constraints = [one_of("channel", ReportChannel, name="claim_draft_channel_is_known")]
        indexes = [
            # The reserved area: a customer's drafts, newest first.
            models.Index(fields=["customer", "-saved_at"], name="claim_draft_of_customer"),
            # The nightly task: those nobody touched for long.
            models.Index(fields=["saved_at"], name="claim_draft_saved"),
        ]

    def __str__(self) -> str:
        return f"{self.policy}: {self.begun_at:%d/%m/%Y}"


# --- What was sent ------------------------------------------------------------------------------------------------
class OfReportedClaim(models.QuerySet):
    """Rows about a claim that are for the person who reported it, and for staff: an injury is nobody else's affair."""

    def visible_to(self, user: Reader) -> "OfReportedClaim":
        """Those of the claims that the user reported, or whose customers' files they may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="claim__customer", agency="claim__policy__agency"))


class ClaimReport(models.Model):
    """What was answered when a claim was reported. Rows are added, never changed: it is the reporter's own statement."""

    Channel = ReportChannel

    submission_key = models.UUIDField(_("key of the submission"), unique=True, editable=False)
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="report", verbose_name=_("claim"))
    year = models.ForeignKey(ReportYear, models.PROTECT, related_name="+", verbose_name=_("year"), db_index=False)
    sequence = models.PositiveIntegerField(_("number in the year"))
    guide = models.CharField(_("questions asked"), max_length=10, help_text=_("Which guide of a line of business"))
    answers = EncryptedJSONField(_("answers"), default=dict, column="customers_claimreport.answers")
    beside = models.ForeignKey(
        Claim,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("beside the claim of the same day"),
        help_text=_("The reporter saw it, and said that this is another event"),
    )
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    sent_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("sent by"))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    objects = OfReportedClaim.as_manager()

    class Meta:
        verbose_name = _("claim report")
        verbose_name_plural = _("claim reports")
        ordering = ["-pk"]
        constraints = [
            one_of("channel", ReportChannel, name="claim_report_channel_is_known"),
            models.UniqueConstraint(fields=["year", "sequence"], name="claim_report_number_once"),
            models.CheckConstraint(condition=Q(sequence__gt=0), name="claim_report_number_from_one"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that the reporter gets at once, such as DEN-2026-000001."""
        return report_number(self.year_id, self.sequence)


# --- Documents asked for, and files --------------------------------------------------------------------------------
class AskedDocumentState(models.TextChoices):
    """What became of a request for a document."""

    ASKED = "asked", pgettext_lazy("document", "asked for")
    RECEIVED = "received", _("received")
    WITHDRAWN = "withdrawn", _("no longer needed")


class AskedDocumentQuerySet(OfReportedClaim):
    """Questions asked about documents that were asked for."""

    def open(self) -> "AskedDocumentQuerySet":
        """Neither received nor withdrawn."""
        return self.filter(state=AskedDocumentState.ASKED)


class AskedDocument(models.Model):
    """A document that whoever follows a claim needs from its reporter, and until when."""

    State = AskedDocumentState

    NEXT = {State.ASKED: {State.RECEIVED, State.WITHDRAWN}, State.RECEIVED: set(), State.WITHDRAWN: set()}

    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="asked_documents", verbose_name=_("claim"), db_index=False
    )
    name = models.CharField(_("document"), max_length=200)
    why = models.TextField(_("what it is needed for"), blank=True)
    due_on = models.DateField(_("needed by"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    ended_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = AskedDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document asked for")
        verbose_name_plural = _("documents asked for")
        ordering = ["due_on", "pk"]
        constraints = [
            one_of("state", AskedDocumentState, name="asked_document_state_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="asked_document_has_a_name"),
            models.CheckConstraint(
                condition=Q(state="asked", ended_at__isnull=True) | ~Q(state="asked") & Q(ended_at__isnull=False),
                name="asked_document_ended_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["claim", "due_on"], name="asked_document_of_claim"),
            # The nightly plan of alerts: what has not come, by its day.
            models.Index(fields=["due_on"], name="asked_document_waited_for", condition=Q(state="asked")),
        ]
        triggers = [*never_deleted(), fixed("asked_is_fixed", ["claim", "name", "asked_at"])]

    def __str__(self) -> str:
        return self.name


def stored_under(_file: "ClaimFile", _name: str) -> str:
    """Where a file is kept: a random name, in a folder per month, without any part of the sender's name."""
    return f"claims/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}"


class ClaimFileQuerySet(models.QuerySet["ClaimFile"]):
    """Questions asked about the files of claims."""

    def visible_to(self, user: Reader) -> "ClaimFileQuerySet":
        """Files of the reports and drafts that the user may see: for customers those of their own reports."""
        reach = reach_of(user)
        if reach.everything:
            return self
        of_claims = reach.over(customer="claim__customer", agency="claim__policy__agency")
        of_drafts = reach.over(customer="draft__customer", agency="draft__customer__agency")
        begun_there = Q(draft__channel=ReportChannel.AGENCY) | Q(draft__customer__in=reach.customer_ids)
        return self.filter(of_claims | of_drafts & begun_there)


class ClaimFile(models.Model):
    """A photograph or document of a claim, or of a draft that is not sent yet. `foundation.files.keeping` hands it out.

    A draft's file may be taken away; a claim's remains as it came.
    """

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    draft = models.ForeignKey(
        ClaimDraft, models.CASCADE, null=True, blank=True, related_name="files", verbose_name=_("draft")
    )
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("claim")
    )
    asked = models.ForeignKey(
        AskedDocument,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name=_("document asked for"),
    )
    name = models.CharField(_("file name"), max_length=120, help_text=_("As the sender called it, cleaned"))
    content_type = models.CharField(_("type"), max_length=80, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)
    given_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("given by"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    objects = ClaimFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a claim")
        verbose_name_plural = _("files of a claim")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="claim_file_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="claim_file_is_not_empty"),
            models.CheckConstraint(
                condition=Q(draft__isnull=False, claim__isnull=True) | Q(draft__isnull=True, claim__isnull=False),
                name="claim_file_of_a_draft_or_a_claim",
            ),
            models.CheckConstraint(
                condition=Q(asked__isnull=True) | Q(claim__isnull=False), name="claim_file_asked_has_its_claim"
            ),
            # The same file sent twice to a draft is one.
            models.UniqueConstraint(
                fields=["draft", "sha256"], condition=Q(draft__isnull=False), name="claim_file_once_in_a_draft"
            ),
        ]
        triggers = [
            Guard(
                name="kept_with_its_claim",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__claim__isnull=False),
            ),
            never_emptied(),
            fixed("of_its_claim", ["draft", "claim", "asked"], once=pgtrigger.Q(old__claim__isnull=False)),
            fixed("content_is_fixed", ["key", "name", "content_type", "size", "sha256", "file", "received_at"]),
        ]

    def __str__(self) -> str:
        return self.name
