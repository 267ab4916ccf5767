"""`User`: one sign-in for customers, agents and managers. `ReservedAreaAccount`: for which customer a person acts."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.password_validation import validate_password
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import is_among, one_of
from foundation.history import keep_history
from foundation.masking import name_on_page


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address; there is no user name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a user whose address is kept in lower case; without a password nobody can sign in as them."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a user who may do everything, for the first sign-in of an installation.

        ValidationError for a password that the rules refuse: it is the one that opens everything. Without one, the
        reader of the address's mail asks for it as everybody does.
        """
        if password is not None:
            validate_password(password, self.model(email=email.strip().lower()))
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find the user by address, whatever its case; User.DoesNotExist where there is none."""
        return self.get(email=(username or "").strip().lower())


@keep_history(exclude=["password", "last_login"])
class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do comes from their groups (`customers.roles`)."""

    email = models.EmailField(_("e-mail address"), unique=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("it", _("Italian")), ("en", _("English"))], default="it"
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    heads_complaints = models.BooleanField(
        _("heads the complaints office"),
        default=False,
        db_default=False,
        help_text=_("Warned of complaints past their term after their handler; where nobody is, the managers are"),
    )
    date_joined = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(
                condition=models.Q(heads_complaints=False) | models.Q(is_staff=True),
                name="user_who_heads_complaints_works_here",
            ),
            models.UniqueConstraint(
                fields=["heads_complaints"],
                condition=models.Q(heads_complaints=True),
                name="one_head_of_complaints",
                violation_error_message=_("Somebody else heads the complaints office: take it from them first."),
            ),
        ]
        indexes = [
            # The list of staff: a few hundred among all the people of the reserved area.
            models.Index(fields=["email"], name="user_of_staff", condition=models.Q(is_staff=True)),
        ]

    def __str__(self) -> str:
        """The name; a customer's on a page whose reader needs no names is masked."""
        name = self.get_full_name() or self.email
        return name if self.is_staff else name_on_page(name)

    def get_full_name(self) -> str:
        """First and last name, or nothing."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """What a greeting uses."""
        return self.first_name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, of the address too: a person who had the account's former address is signed out everywhere."""
        salt, kept = "customers.User.session", f"{self.email}:{self.password}"
        return salted_hmac(salt, kept, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def role_names(self) -> frozenset[str]:
        """Names of the groups the user belongs to; one query for the life of the object, with the permissions."""
        if not self.is_superuser:
            self.get_all_permissions()  # the project's backends bring both (vittoria_care/sign_in/backends.py)
        if (names := self.__dict__.get("role_names")) is None:
            names = frozenset(self.groups.values_list("name", flat=True))
        return names

    def has_role(self, names: Iterable[str]) -> bool:
        """Whether the user is active and has one of the roles; a superuser has each."""
        return self.is_active and (self.is_superuser or not self.role_names.isdisjoint(names))

    def active_agency_ids(self) -> tuple[int, ...]:
        """Ids of the working agencies that the user is an active member of."""
        active = self.agency_memberships.filter(is_active=True, agency__is_active=True)
        return tuple(active.values_list("agency", flat=True))

    def enrolled_customer_id(self) -> int | None:
        """Id of the customer for whom the user acts unless another is chosen; None where there is none."""
        return next(iter(self.enrolled_files()), None)

    def enrolled_files(self) -> tuple[int, ...]:
        """The id of that customer, and those of the files that were joined to it; none where there is none."""
        mine = ReservedAreaAccount.objects.filter(user=self).open_on(timezone.localdate()).usual_first()
        found = mine.values_list("customer", "customer__joined_ids").first()
        return () if found is None else (found[0], *found[1])


class AccountState(models.TextChoices):
    """Whether the account opens the reserved area."""

    ENROLLED = "enrolled", _("enrolled")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed")


class Capacity(models.TextChoices):
    """As what somebody acts for a customer."""

    SELF = "self", _("the customer")
    MEMBER = "member", _("works for the company")
    LEGAL_REPRESENTATIVE = "legal", _("legal representative")
    GUARDIAN = "guardian", _("guardian or support administrator")
    ATTORNEY = "attorney", _("holder of a power of attorney")
    HEIR = "heir", _("heir")


class Right(models.TextChoices):
    """What somebody may do for a customer. Seeing is in every account and has no word."""

    ASK = "ask", _("ask and write")
    PAY = "pay", _("pay")
    REPORT = "report", _("report claims")
    CONSENT = "consent", _("decide on consents")
    PEOPLE = "people", _("decide who has access")


# What may be granted in each capacity. A person acting for themself may do everything, and nothing is written down.
GRANTABLE: dict[Capacity, tuple[Right, ...]] = {
    Capacity.SELF: (),
    Capacity.MEMBER: tuple(Right),
    Capacity.LEGAL_REPRESENTATIVE: tuple(Right),
    Capacity.GUARDIAN: (Right.ASK, Right.PAY, Right.REPORT, Right.CONSENT),
    Capacity.ATTORNEY: (Right.ASK, Right.PAY, Right.REPORT, Right.CONSENT),
    Capacity.HEIR: (Right.REPORT,),
}
OF_THE_COMPANY = (Capacity.MEMBER, Capacity.LEGAL_REPRESENTATIVE)


def _rights_fit(capacity: Capacity) -> models.Q:
    """The condition that an account of the capacity has no right that cannot be granted in it."""
    return ~models.Q(capacity=capacity) | models.Q(rights__contained_by=[right.value for right in GRANTABLE[capacity]])


def _open_on(day: date) -> models.Q:
    lasting = models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=day)
    return models.Q(state=AccountState.ENROLLED, valid_from__lte=day) & lasting


class AccountQuerySet(models.QuerySet["ReservedAreaAccount"]):
    """Questions asked about accounts."""

    def open_on(self, day: date) -> "AccountQuerySet":
        """Those that open the reserved area on the day: enrolled, begun, and not past their end."""
        return self.filter(_open_on(day))

    def not_open_on(self, day: date) -> "AccountQuerySet":
        """The others: ended, suspended, not begun, or past their end."""
        return self.exclude(_open_on(day))

    def usual_first(self) -> "AccountQuerySet":
        """A person's accounts with the one first that they act by unless they choose: their own, else the last used."""
        is_other = models.Case(models.When(capacity=Capacity.SELF, then=0), default=1)
        return self.order_by(is_other, models.F("last_used_at").desc(nulls_last=True), "pk")

    def not_closed(self) -> "AccountQuerySet":
        """Those that were not ended."""
        return self.exclude(state=AccountState.CLOSED)


@keep_history(exclude=["last_used_at"])
class ReservedAreaAccount(models.Model):
    """That a person acts for a customer in the reserved area: as what, with which rights, from when and until when.

    Of a person's own file it is their enrolment (art. 42 IVASS Reg. 41/2018). A person may have several accounts, a
    customer several people; `customers.acting` says which one a request acts by.
    """

    State = AccountState
    Capacity = Capacity

    user = models.ForeignKey(
        "customers.User", models.PROTECT, related_name="reserved_area_accounts", verbose_name=_("user")
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="reserved_area_accounts", verbose_name=_("customer")
    )
    capacity = models.CharField(_("acts as"), max_length=8, choices=Capacity.choices, default=Capacity.SELF)
    rights = ArrayField(
        models.CharField(max_length=7, choices=Right.choices),
        default=list,
        blank=True,
        verbose_name=pgettext_lazy("rights", "may"),
        help_text=_("Empty for a person who only looks, and for the customer in person, who may do everything"),
    )
    valid_from = models.DateField(_("from"), default=timezone.localdate)
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty for no end"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ENROLLED)
    mandate = models.ForeignKey(
        "customers.Mandate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("document"),
        help_text=_("What says that the person acts for the customer"),
    )
    given_by = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
        help_text=_("Who invited the person, or decided; empty for who enrolled"),
    )
    terms_version = models.CharField(_("version of the terms accepted"), max_length=20)
    terms_accepted_at = models.DateTimeField(_("terms accepted at"))
    enrolled_at = models.DateTimeField(_("enrolled at"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    end_reason = models.CharField(_("why it was ended"), max_length=500, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("reserved area account")
        verbose_name_plural = _("reserved area accounts")
        ordering = ["-enrolled_at", "-pk"]
        constraints = [
            one_of("state", AccountState, name="account_state_is_known"),
            one_of("capacity", Capacity, name="account_capacity_is_known"),
            models.CheckConstraint(condition=~models.Q(terms_version=""), name="account_has_accepted_terms"),
            *(
                models.CheckConstraint(condition=_rights_fit(each), name=f"account_rights_of_{each.value}")
                for each in Capacity
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")) & ~models.Q(capacity=Capacity.SELF),
                name="account_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=models.Q(mandate__isnull=False)
                | is_among("capacity", (Capacity.SELF, Capacity.MEMBER, Capacity.LEGAL_REPRESENTATIVE)),
                name="account_for_another_has_its_document",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(state=AccountState.CLOSED),
                name="account_ended_is_closed",
            ),
            models.UniqueConstraint(
                fields=["user", "customer"],
                condition=~models.Q(state=AccountState.CLOSED),
                name="one_account_of_a_person_for_a_customer",
            ),
            # Nobody has two sign-ins for their own file.
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(capacity=Capacity.SELF) & ~models.Q(state=AccountState.CLOSED),
                name="one_account_of_the_customer",
            ),
        ]
        indexes = [
            # The reminder of the night: what ends within the next days.
            models.Index(fields=["valid_until"], name="account_ending", condition=models.Q(valid_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.customer)

    @property
    def is_own(self) -> bool:
        """Whether the person is the customer."""
        return self.capacity == Capacity.SELF

    @property
    def is_of_heir(self) -> bool:
        """Whether the customer is dead: an heir sees policies, claims and documents, and none of the correspondence."""
        return self.capacity == Capacity.HEIR

    def may(self, right: Right) -> bool:
        """Whether the person has the right, on a day on which the account is open."""
        return self.is_own or right in self.rights

    def is_open_on(self, day: date) -> bool:
        """Whether it opens the reserved area on the day."""
        lasts = self.valid_until is None or day <= self.valid_until
        return self.state == AccountState.ENROLLED and self.valid_from <= day and lasts
