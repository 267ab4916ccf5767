"""`Customer`, the ways to reach them (`ContactPoint`) and what they allow (`Consent`)."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Lower, Replace, Reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.validators import validate_tax_code, validate_vat_number
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import append_only
from foundation.history import keep_history
from foundation.masking import name_on_page
from foundation.requests import Reader
from foundation.telephones import shown_number
from foundation.text import fold


def without_blanks(column: str) -> Replace:
    """The expression of a search key without its blanks, as its index has it: `d angelo anna` is `dangeloanna`."""
    return Replace(models.F(column), models.Value(" "), models.Value(""), output_field=models.CharField())


class CustomerQuerySet(models.QuerySet):
    """Questions asked about customers."""

    def visible_to(self, user: Reader) -> "CustomerQuerySet":
        """Files within the user's reach: all for company staff, an agency's own, or one's own."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="pk", agency="agency"))

    def for_list(self) -> "CustomerQuerySet":
        """With what a list of customers shows."""
        return self.select_related("agency", "merged_into")

    def not_joined(self) -> "CustomerQuerySet":
        """Without the files that were joined to another one of the same person."""
        return self.filter(merged_into__isnull=True)

    def with_merged(self, pk: int) -> "CustomerQuerySet":
        """All files of the person whose file this is: the one that remains, and those that were joined to it."""
        return self.filter(models.Q(pk=pk) | models.Q(merged_into=pk))


def never_a_chain() -> pgtrigger.Trigger:
    """A file is joined to one that remains: never to one that was joined itself, and never with others joined to it."""
    return pgtrigger.Trigger(
        name="never_a_chain",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("merged_into_id"),
        when=pgtrigger.Before,
        func=(
            "IF NEW.merged_into_id IS NOT NULL AND (EXISTS (SELECT FROM customers_customer WHERE id = NEW.merged_into_id "
            "AND merged_into_id IS NOT NULL) OR EXISTS (SELECT FROM customers_customer WHERE merged_into_id = NEW.id)) "
            "THEN RAISE EXCEPTION 'A joined file cannot be joined to, or have others joined to it' "
            "USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
        ),
    )


def written_under_the_file_that_remains(column: str) -> pgtrigger.Trigger:
    """What names a joined file in this column is written under the one that remains, by whichever door it comes."""
    return pgtrigger.Trigger(
        name="of_the_file_that_remains",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(column),
        when=pgtrigger.Before,
        func=(
            f"IF NEW.{column} IS NOT NULL THEN NEW.{column} := COALESCE("  # noqa: S608 - a column of ours
            f"(SELECT merged_into_id FROM customers_customer WHERE id = NEW.{column}), NEW.{column}); END IF; RETURN NEW;"
        ),
    )


@keep_history(exclude=["search_key", "joined_ids"])
class Customer(models.Model):
    """A person or company that holds, is covered by or claims under a policy."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        COMPANY = "company", _("company")

    class Segment(models.TextChoices):
        PRIVATE = "private", _("private customer")
        CAMPER = "camper", _("camper owner")
        BUSINESS = "business", _("professional or company")

    code = models.CharField(_("customer code"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PERSON)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    company_name = models.CharField(_("company name"), max_length=200, blank=True)
    tax_code = models.CharField(_("tax code"), max_length=16, blank=True, validators=[validate_tax_code])
    vat_number = models.CharField(_("VAT number"), max_length=11, blank=True, validators=[validate_vat_number])
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    segment = models.CharField(_("segment"), max_length=10, choices=Segment.choices, default=Segment.PRIVATE)
    agency = models.ForeignKey(
        "customers.Agency", models.PROTECT, related_name="customers", verbose_name=_("agency"), db_index=False
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    province = models.CharField(_("province"), max_length=2, blank=True)
    country = models.CharField(_("country"), max_length=2, default="IT")
    language = models.CharField(
        _("language"), max_length=2, choices=[("it", _("Italian")), ("en", _("English"))], default="it"
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("joined with"),
        db_index=False,
        help_text=_("The file of the same person that remains; this one is read through it"),
    )
    joined_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        blank=True,
        editable=False,
        verbose_name=_("files joined with it"),
    )
    search_key = models.CharField(max_length=220, editable=False, default="")
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["pk"]
        # What a role sees of a person: each kind of masked value whole, or one person's with a reason (foundation/masking.py).
        permissions = [
            ("view_whole_name", "Can see names whole"),
            ("view_whole_tax_code", "Can see tax codes whole"),
            ("view_whole_birth_date", "Can see dates of birth whole"),
            ("view_whole_telephone", "Can see telephone numbers whole"),
            ("view_whole_bank_account", "Can see bank accounts whole"),
            ("view_masked", "Can see one person's masked values with a reason"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(code=""), name="customer_has_a_code"),
            models.CheckConstraint(
                condition=models.Q(kind="company", first_name="", last_name="") & ~models.Q(company_name="")
                | models.Q(kind="person", company_name="") & ~models.Q(last_name=""),
                name="customer_has_the_name_of_its_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(tax_code="") | models.Q(tax_code__regex=r"^([A-Z0-9]{16}|[0-9]{11})$"),
                name="customer_tax_code_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(vat_number="") | models.Q(vat_number__regex=r"^[0-9]{11}$"),
                name="customer_vat_number_shape",
            ),
            models.UniqueConstraint(
                fields=["tax_code"], condition=~models.Q(tax_code=""), name="one_customer_per_tax_code"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="customer_is_not_joined_to_itself",
            ),
        ]
        indexes = [
            # Search by name: the start of the name, or the start of each of several words in any order.
            models.Index(OpClass("search_key", name="text_pattern_ops"), name="customer_search_key"),
            # The same without blanks: "dangelo" for D'Angelo, "deluca" for De Luca.
            models.Index(
                OpClass(without_blanks("search_key"), name="text_pattern_ops"), name="customer_search_joined"
            ),
            GinIndex(SearchVector("search_key", config="simple"), name="customer_search_words"),
            models.Index(OpClass("tax_code", name="text_pattern_ops"), name="customer_tax_code_prefix"),
            models.Index(fields=["vat_number"], name="customer_vat_number", condition=~models.Q(vat_number="")),
            models.Index(fields=["agency", "id"], name="customer_of_agency"),
            # The files of one person.
            models.Index(
                fields=["merged_into"], name="customer_joined_with", condition=models.Q(merged_into__isnull=False)
            ),
            # Files without a tax code: those of which two may be of one person.
            models.Index(fields=["search_key"], name="customer_without_code", condition=models.Q(tax_code="")),
        ]
        triggers = [never_a_chain()]

    def __str__(self) -> str:
        """The name, surname first; on a page whose reader needs no names, the code."""
        return name_on_page(self.sorted_name, instead=self.code)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the search key made from the name (the importers make it the same way)."""
        self.search_key = fold(self.sorted_name)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_key"}
        super().save(*args, **kwargs)

    @property
    def file_ids(self) -> tuple[int, ...]:
        """The ids of all files of the person: this one, and those that were joined to it (kept by `customers.joining`)."""
        return (self.pk, *self.joined_ids)

    @property
    def sorted_name(self) -> str:
        """The name as lists have it: surname first."""
        return self.company_name or f"{self.last_name} {self.first_name}".strip()

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names by which a text may call them."""
        return (self.letter_name, self.first_name, self.last_name, self.company_name)

    @property
    def letter_name(self) -> str:
        """How a letter addresses them: first name first."""
        return self.company_name or f"{self.first_name} {self.last_name}".strip()


class ContactPointQuerySet(models.QuerySet):
    """Questions asked about telephone numbers and addresses."""

    def visible_to(self, user: Reader) -> "ContactPointQuerySet":
        """Contact points of the customers the user may see."""
        return self if reach_of(user).everything else self.filter(customer__in=Customer.objects.visible_to(user))


class ContactPointKind(models.TextChoices):
    """What kind of address a contact point is."""

    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    PEC = "pec", _("certified e-mail (PEC)")


@keep_history()
class ContactPoint(models.Model):
    """A way to reach a customer: as stated by someone, and verified once they answered from it."""

    Kind = ContactPointKind

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="contact_points", verbose_name=_("customer"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    value = models.CharField(_("value"), max_length=254, help_text=_("A phone in E.164, an address in lower case"))
    stated = models.CharField(_("as stated"), max_length=254, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="contact_point_once_per_customer"),
            models.CheckConstraint(
                condition=models.Q(kind="phone", value__regex=r"^\+[1-9][0-9]{4,14}$")
                | is_among("kind", (ContactPointKind.EMAIL, ContactPointKind.PEC))
                & models.Q(value__regex=r"^[^@\s]+@[^@\s]+$"),
                name="contact_point_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="phone") | models.Q(value=Lower("value")),
                name="contact_point_address_is_lower_case",
            ),
        ]
        indexes = [
            # The caller's card: who has this number, this address.
            models.Index(fields=["value", "kind"], include=["customer"], name="contact_point_value"),
            # "The last digits are ...": a prefix of the number read backwards.
            models.Index(
                OpClass(Reverse("value"), name="text_pattern_ops"),
                name="contact_point_last_digits",
                condition=models.Q(kind="phone"),
            ),
        ]

    def __str__(self) -> str:
        """As people write it: a telephone with its blanks."""
        return shown_number(self.value) if self.kind == self.Kind.PHONE else self.value


class ConsentQuerySet(models.QuerySet):
    """Questions asked about consents."""

    def visible_to(self, user: Reader) -> "ConsentQuerySet":
        """Consents of the customers the user may see."""
        return self if reach_of(user).everything else self.filter(customer__in=Customer.objects.visible_to(user))

    def latest_first(self) -> "ConsentQuerySet":
        """Newest event first; the first of a purpose and channel is the one in force."""
        return self.order_by("-recorded_at", "-pk")

    def in_force(self) -> "ConsentQuerySet":
        """The newest event of each customer, purpose and channel, whichever it is (a withdrawal is in force too)."""
        return self.order_by("customer_id", "purpose", "channel", "-recorded_at", "-pk").distinct(
            "customer_id", "purpose", "channel"
        )


class ConsentPurpose(models.TextChoices):
    """What a consent is given for."""

    MARKETING = "marketing", _("offers of the company")
    AGENCY_PROMOTIONS = "agency_promotions", _("promotions of the agency")
    PROFILING = "profiling", _("offers chosen by profile")
    PORTAL_ADVERTISING = "portal_advertising", _("advertising in the reserved area")


class ConsentChannel(models.TextChoices):
    """The channel that a consent is for."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("SMS")
    PUSH = "push", _("app notification")
    PHONE = "phone", _("phone")
    POST = "post", _("post")
    PORTAL = "portal", _("reserved area")


class ConsentEvent(models.TextChoices):
    """What happened to a consent."""

    GIVEN = "given", _("given")
    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Consent(models.Model):
    """One event of the consent ledger: given, confirmed or withdrawn, for a purpose on a channel.

    The ledger is evidence (art. 7 GDPR; Garante, order 330 of 4 June 2025: a ticked box is not enough), so the
    database refuses to change or delete a row: a withdrawal is a new event.
    """

    Purpose = ConsentPurpose

    Channel = ConsentChannel

    Event = ConsentEvent

    class Source(models.TextChoices):
        PORTAL = "portal", _("reserved area")
        APP = "app", _("app")
        AGENCY = "agency", _("agency, on paper")
        PAPER = "paper", _("on paper, to the company")
        CALL = "call", _("call")
        IMPORT = "import", _("earlier system")
        UNSUBSCRIBE = "unsubscribe", _("unsubscribe link")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="consents", verbose_name=_("customer"), db_index=False
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    event = models.CharField(_("event"), max_length=10, choices=Event.choices)
    text_version = models.CharField(_("version of the text shown"), max_length=20)
    source = models.CharField(_("source"), max_length=12, choices=Source.choices)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-recorded_at", "-pk"]
        indexes = [
            # The one in force: newest event of a customer, purpose and channel.
            models.Index(fields=["customer", "purpose", "channel", "-recorded_at", "-id"], name="consent_in_force"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text_version=""), name="consent_names_its_text"),
            one_of("event", ConsentEvent, name="consent_event_is_known"),
            one_of("purpose", ConsentPurpose, name="consent_purpose_is_known"),
            one_of("channel", ConsentChannel, name="consent_channel_is_known"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.get_channel_display()}: {self.get_event_display()}"
