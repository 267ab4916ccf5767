"""What keeps the system itself in order: runs of periodic tasks, answers kept for repeated writes, attempts to sign in."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One periodic task, or beat itself: when it last began and ended, and whether well. One row each, written over.

    The row named "beat" is also the lease of the one beat that acts: `holder` is that process.
    """

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    began_at = models.DateTimeField(_("began at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ok = models.BooleanField(_("ended well"), null=True, blank=True)
    holder = models.CharField(_("held by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("last run of a periodic task")
        verbose_name_plural = _("last runs of periodic tasks")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="heartbeat_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class IdempotencyRecord(models.Model):
    """The answer to a write sent with an `Idempotency-Key`, kept for a day: whoever asks again gets it again."""

    principal = models.CharField(_("who asked"), max_length=40)
    scope = models.CharField(_("operation"), max_length=60)
    key = models.CharField(_("key"), max_length=200)
    digest = models.CharField(_("digest of what was sent"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    response = models.JSONField(_("answer"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("answer kept")
        verbose_name_plural = _("answers kept")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["principal", "scope", "key"], name="one_answer_per_key"),
            models.CheckConstraint(condition=~Q(key=""), name="answer_kept_has_a_key"),
        ]
        indexes = [
            # The hourly purge.
            models.Index(fields=["created_at"], name="answer_kept_at"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Attempt(models.Model):
    """What the sign-in library counts under a key, until it lapses: moments of attempts, a code that was used, a lock.

    Written by `foundation.caching` alone. Keys name an address of the network, a person's number, or a digest of what was
    typed.
    """

    key = models.CharField(_("key"), max_length=250, primary_key=True)
    value = models.TextField(_("value"), help_text=_("As JSON"))
    expires_at = models.DateTimeField(_("lapses at"))

    class Meta:
        verbose_name = _("attempt to sign in")
        verbose_name_plural = _("attempts to sign in")
        ordering = ["key"]
        indexes = [
            # The hourly purge.
            models.Index(fields=["expires_at"], name="attempt_lapses_at"),
        ]

    def __str__(self) -> str:
        return self.key
