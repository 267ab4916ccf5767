"""`KnownPerson`: somebody who turns to us and is no customer, so that the next call from the same number is not a stranger's."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Claim, Customer
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.history import keep_history
from foundation.masking import name_on_page
from foundation.models import Versioned
from foundation.privacy import NOBODY
from foundation.requests import Reader
from foundation.text import fold

LONGEST_NAME, LONGEST_TIE = 200, 300
DIGITS_OF_NUMBER = 6  # of P-000012


class KnownPersonQuerySet(models.QuerySet["KnownPerson"]):
    """Questions asked about known people."""

    def visible_to(self, user: Reader) -> "KnownPersonQuerySet":
        """All for company staff; agencies and customers see none: a card has what a person confided to the company alone."""
        return self if reach_of(user).everything else self.none()

    def not_joined(self) -> "KnownPersonQuerySet":
        """Those who are no customer so far. As the unique constraints have it."""
        return self.filter(customer__isnull=True)

    def reached_at(self, *, phone: str = "", email: str = "") -> "KnownPersonQuerySet":
        """Those with the number (E.164) or the e-mail address; none where neither is given."""
        found = Q(pk__in=[])
        if phone:
            found |= Q(phone=phone) & ~Q(phone="")
        if email:
            found |= Q(lowered_email=email.lower()) & ~Q(email="")
        return self.alias(lowered_email=Lower("email")).filter(found)

    def with_number(self, text: str) -> "KnownPersonQuerySet":
        """The card of a number: P-000012 or p 12."""
        mark, digits = text[:1].lower(), text[1:].strip(" -")
        is_number = mark == "p" and digits.isascii() and digits.isdigit() and len(digits) <= 18
        return self.filter(pk=int(digits)) if is_number else self.none()

    def called(self, text: str) -> "KnownPersonQuerySet":
        """Those in whose name each word of the text begins a word, in any order."""
        words = fold(text).split()
        if not words:
            return self.none()
        asked = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
        return self.alias(_words=SearchVector("search_key", config="simple")).filter(_words=asked)


class KnownPersonLanguage(models.TextChoices):
    """In which language we speak and write to them."""

    ITALIAN = "it", _("Italian")
    ENGLISH = "en", _("English")


@keep_history(exclude=["search_key", "last_contact_at"])
class KnownPerson(Versioned):
    """Somebody who is no customer: asks for a quote, is the other party of a claim, a witness, a relative.

    A name and one way to reach them; `tie` is what they have to do with us, in words, `claim` and `related` whose affair it is
    about. Once they have a customer's file, `customer` points at it and their contacts are the customer's.
    """

    Language = KnownPersonLanguage

    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    search_key = models.CharField(max_length=LONGEST_NAME + 50, editable=False)
    phone = models.CharField(_("phone"), max_length=16, blank=True, help_text=_("E.164, such as +393331234567"))
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ITALIAN)
    tie = models.CharField(_("what they have to do with us"), max_length=LONGEST_TIE, blank=True)
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("claim"), db_index=False
    )
    related = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("about the customer"),
        db_index=False,
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="known_before_as",
        verbose_name=_("customer since"),
        db_index=False,
    )
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("joined by"),
        db_index=False,
    )
    joined_at = models.DateTimeField(_("joined at"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"), db_index=False
    )
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    last_contact_at = models.DateTimeField(_("last contact"), default=timezone.now)

    objects = KnownPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("known person")
        verbose_name_plural = _("known people")
        ordering = ["-last_contact_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="known_person_has_a_name"),
            # Of a card that was emptied nothing remains but its number.
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email="") | Q(name=NOBODY), name="known_person_can_be_reached"
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=True, joined_at__isnull=True)
                | Q(customer__isnull=False, joined_at__isnull=False),
                name="known_person_joined_has_its_moment",
            ),
            one_of("language", KnownPersonLanguage, name="known_person_language_is_known"),
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(customer__isnull=True) & ~Q(phone=""),
                name="known_person_once_per_phone",
                violation_error_message=_("Somebody has a card with this number."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(customer__isnull=True) & ~Q(email=""),
                name="known_person_once_per_email",
                violation_error_message=_("Somebody has a card with this e-mail address."),
            ),
        ]
        indexes = [
            # The list, newest first; and what the retention looks for.
            models.Index(fields=["-last_contact_at", "-id"], name="known_person_newest"),
            models.Index(fields=["phone"], name="known_person_phone", condition=~Q(phone="")),
            models.Index(Lower("email"), name="known_person_email", condition=~Q(email="")),
            GinIndex(SearchVector("search_key", config="simple"), name="known_person_name_words"),
            # Who was known before they were this customer; who is known about a claim or a customer.
            models.Index(fields=["customer"], name="known_person_customer", condition=Q(customer__isnull=False)),
            models.Index(fields=["claim"], name="known_person_claim", condition=Q(claim__isnull=False)),
            models.Index(fields=["related"], name="known_person_related", condition=Q(related__isnull=False)),
        ]

    def __str__(self) -> str:
        """The name; on a page whose reader needs no names, the number."""
        return name_on_page(self.name, instead=self.number)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the search key made from the name."""
        self.search_key = fold(self.name)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_key"}
        super().save(*args, **kwargs)

    @property
    def number(self) -> str:
        """The number that a person quotes, such as P-000012."""
        return f"P-{self.pk:0{DIGITS_OF_NUMBER}d}" if self.pk else "P-?"

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names by which a text may call them."""
        return (self.name, *self.name.split())

    def heard_from(self, at: datetime) -> None:
        """Note a contact of that moment; an earlier one changes nothing. The caller saves."""
        self.last_contact_at = max(self.last_contact_at, at)
