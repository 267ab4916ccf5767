"""`ApiKey`: what a program shows at the door of the API. The secret itself is kept nowhere."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.history import keep_history


class Scope(models.TextChoices):
    """What a key may be allowed to do. Each opens a door by `HasScope` (foundation/api/keys.py), the wallboard's in a cookie."""

    CALLS_WRITE = "calls:write", _("send calls and their events")
    FIGURES_READ = "figures:read", _("read the figures")
    REQUESTS_WRITE = "requests:write", _("send written requests")
    FEEDBACK_WRITE = "feedback:write", _("send opinions")
    WALLBOARD_READ = "wallboard:read", _("show the wallboard")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Questions asked about keys."""

    def in_use(self, now: datetime) -> "ApiKeyQuerySet":
        """Neither revoked nor expired."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True)


@keep_history(exclude=["digest", "last_used_at"])
class ApiKey(models.Model):
    """A program's key: which platform it is, what it may do, until when. `digest` is the SHA-256 of a 256-bit secret.

    A secret of that length cannot be guessed from its digest, so a slow password hash would only slow each request down.
    """

    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(_("source"), max_length=40)  # the platform: what it sends is known by this name
    prefix = models.CharField(_("beginning"), max_length=8, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("what it may do"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(source=""), name="api_key_is_named"),
            models.CheckConstraint(condition=Q(prefix__regex="^[a-z0-9]{8}$"), name="api_key_prefix_shape"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="api_key_digest_shape"),
            models.CheckConstraint(
                condition=Q(scopes__len__gt=0) & Q(scopes__contained_by=Scope.values),
                name="api_key_scopes_are_known",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
                name="api_key_expires_after_it_begins",
            ),
            # "Revoke the key of the switchboard" means one key.
            models.UniqueConstraint(
                fields=["name"], condition=Q(revoked_at__isnull=True), name="one_api_key_in_force_per_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scopes_in_words(self) -> list[str]:
        """Each scope with what it lets do, for people."""
        return [f"{Scope(scope).label} ({scope})" for scope in self.scopes]

    @property
    def shown(self) -> str:
        """The beginning of the key, by which people know one key from another."""
        return f"vc_{self.prefix}_…"
