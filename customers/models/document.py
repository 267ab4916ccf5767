"""`Document`: a paper of a customer's, as a file; `DocumentOpening`: who opened it, when, and by which door."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from customers.models.claim import Claim
from customers.models.customer import Customer
from customers.models.policy import Policy, PolicyAdherent
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import append_only, fixed, never_deleted
from foundation.requests import Reader


class DocumentKind(models.TextChoices):
    """What a document is (art. 42, paragraph 3, IVASS Reg. 41/2018 asks for the first and the fourth)."""

    CONDITIONS = "conditions", _("conditions of the contract")
    POLICY = "policy", _("policy")
    RECEIPT = "receipt", _("premium receipt")
    CERTIFICATE = "certificate", _("risk certificate")
    STATEMENT = "statement", _("yearly statement")
    LETTER = "letter", _("letter")
    OTHER = "other", _("other document")


OF_A_POLICY = (DocumentKind.CONDITIONS, DocumentKind.POLICY, DocumentKind.RECEIPT, DocumentKind.CERTIFICATE)

# Types found inside the files that are kept, with the extension a saved copy gets.
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class DocumentQuerySet(models.QuerySet["Document"]):
    """Questions asked about documents."""

    def visible_to(self, user: Reader) -> "DocumentQuerySet":
        """Documents of the customers in the user's reach; to an adherent also the conditions of the contract that covers them.

        A document is its customer's, and nobody else's: what an adherent gets is not the policyholder's, nor the reverse.
        """
        reach = reach_of(user)
        if reach.everything:
            return self
        within = reach.over(customer="customer", agency="customer__agency")
        if reach.customer_id is not None:
            adherences = PolicyAdherent.objects.filter(customer__in=reach.customer_ids)
            covering = list(adherences.values_list("policy", flat=True))
            if covering:
                within |= Q(kind=DocumentKind.CONDITIONS, policy__in=covering)
        return self.filter(within)

    def current(self) -> "DocumentQuerySet":
        """As they are now: not replaced by a later version."""
        return self.filter(replaced_at__isnull=True)

    def for_list(self) -> "DocumentQuerySet":
        """With what a list of documents shows."""
        return self.select_related("customer", "policy", "claim")


def stored_under(_document: "Document", _name: str) -> str:
    """Where a file is kept: a random name of ours, in a folder per month. Nothing of the given name is in it."""
    return f"documents/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}"


class Document(models.Model):
    """A paper as the company's system gave it. A row is never changed: another content under the same key is a version
    that replaces it, and the earlier one remains to be read.

    `customer` is whose it is. Equal contents share a file (docs/decisions/documents.md).
    """

    Kind = DocumentKind

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="documents", verbose_name=_("customer"), db_index=False
    )
    policy = models.ForeignKey(
        Policy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("policy"),
        db_index=False,
    )
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("claim")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=150)
    dated_on = models.DateField(_("date"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    source = models.CharField(_("source"), max_length=40, help_text=_("The system that it comes from"))
    external_key = models.CharField(_("key at the source"), max_length=100)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )

    content_type = models.CharField(_("type"), max_length=40, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)

    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-dated_on", "-pk"]
        constraints = [
            one_of("kind", DocumentKind, name="document_kind_is_known"),
            models.CheckConstraint(condition=~Q(title=""), name="document_has_a_title"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(external_key=""), name="document_has_a_key"),
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in OF_A_POLICY]) | Q(policy__isnull=False),
                name="document_of_a_contract_has_its_policy",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="document_valid_to_after_from",
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=list(EXTENSIONS)), name="document_type_is_one_that_opens"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="document_is_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_sha256_shape"),
            models.CheckConstraint(
                condition=Q(version=1, replaces__isnull=True) | Q(version__gt=1, replaces__isnull=False),
                name="document_version_replaces_another",
            ),
            models.UniqueConstraint(
                fields=["external_key", "source", "version"], name="one_document_of_a_key_and_version"
            ),
            models.UniqueConstraint(
                fields=["external_key", "source"],
                condition=Q(replaced_at__isnull=True),
                name="one_current_document_of_a_key",
            ),
        ]
        indexes = [
            # The room of documents and a customer's file, newest first.
            models.Index(
                fields=["customer", "-dated_on", "-id"],
                name="document_of_customer",
                condition=Q(replaced_at__isnull=True),
            ),
            # A policy's page, and the list of policies without a certificate.
            models.Index(
                fields=["policy", "kind", "-dated_on"],
                name="document_of_policy",
                condition=Q(replaced_at__isnull=True),
            ),
            # The same content once more: its file is shared.
            models.Index(fields=["sha256"], name="document_by_content"),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "document_is_fixed",
                [
                    *("customer", "policy", "claim", "kind", "title", "dated_on", "valid_from", "valid_to"),
                    *("source", "external_key", "version", "replaces", "content_type", "size", "sha256", "file"),
                    "received_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """What a saved copy is called: attestato-di-rischio-2026-11-02.pdf."""
        stem = slugify(self.title)[:80].strip("-") or self.kind
        return f"{stem}-{self.dated_on:%Y-%m-%d}.{EXTENSIONS[self.content_type]}"

    @property
    def file_kind(self) -> str:
        """What people call a file of its type: PDF, JPG, PNG."""
        return EXTENSIONS[self.content_type].upper()

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, which no reader of PDF opens."""
        return self.content_type.startswith("image/")


class DocumentDoor(models.TextChoices):
    """Where a document was opened."""

    PORTAL = "portal", _("reserved area")
    OFFICE = "office", _("back office")
    APP = "app", _("app")


class DocumentOpening(models.Model):
    """One opening of a document's file. Rows are added, never changed."""

    Door = DocumentDoor

    document = models.ForeignKey(
        Document, models.PROTECT, related_name="openings", verbose_name=_("document"), db_index=False
    )
    user = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("user"))
    door = models.CharField(_("where"), max_length=6, choices=Door.choices)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("opening of a document")
        verbose_name_plural = _("openings of documents")
        ordering = ["-at", "-pk"]
        constraints = [one_of("door", DocumentDoor, name="opening_door_is_known")]
        indexes = [models.Index(fields=["document", "-at"], name="opening_of_document")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.document}: {self.user}"
