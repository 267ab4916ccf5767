"""`User`: one sign-in for customers, agents and managers. `ReservedAreaAccount`: a customer's place in the portal."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from foundation.constraints import one_of
from foundation.history import keep_history


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
        ]
        indexes = [
            # The list of staff: a few hundred among all the people of the reserved area.
            models.Index(fields=["email"], name="user_of_staff", condition=models.Q(is_staff=True)),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

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
        """Id of the customer whose reserved area the user enters; None unless enrolled."""
        enrolled = ReservedAreaAccount.objects.filter(user=self, state=ReservedAreaAccount.State.ENROLLED)
        return enrolled.values_list("customer", flat=True).first()


class AccountState(models.TextChoices):
    """Whether the sign-in opens the reserved area."""

    ENROLLED = "enrolled", _("enrolled")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed")


class ReservedAreaAccount(models.Model):
    """A customer's enrolment in the reserved area (art. 42 IVASS Reg. 41/2018): who signs in, since when, on what terms."""

    State = AccountState

    user = models.OneToOneField("customers.User", models.PROTECT, related_name="reserved_area", verbose_name=_("user"))
    customer = models.OneToOneField(
        "customers.Customer", models.PROTECT, related_name="reserved_area", verbose_name=_("customer")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ENROLLED)
    terms_version = models.CharField(_("version of the terms accepted"), max_length=20)
    terms_accepted_at = models.DateTimeField(_("terms accepted at"))
    enrolled_at = models.DateTimeField(_("enrolled at"), default=timezone.now)

    class Meta:
        verbose_name = _("reserved area account")
        verbose_name_plural = _("reserved area accounts")
        ordering = ["-enrolled_at", "-pk"]
        constraints = [
            one_of("state", AccountState, name="account_state_is_known"),
            models.CheckConstraint(condition=~models.Q(terms_version=""), name="account_has_accepted_terms"),
        ]

    def __str__(self) -> str:
        return str(self.customer)
