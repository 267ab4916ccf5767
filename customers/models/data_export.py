"""`DataExport`: a copy of everything that is about a customer, asked for, made and handed over; `DataExportOpening`: each time it was taken."""

import secrets
import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import append_only, fixed, never_deleted
from foundation.requests import Reader

REASON_LENGTH = 300


class DataExportState(models.TextChoices):
    """How far the copy is."""

    WAITING = "waiting", _("waiting to be made")
    MAKING = "making", _("being made")
    READY = "ready", _("ready")
    ENDED = "ended", _("ended")


class DataExportChannel(models.TextChoices):
    """Where the copy was asked for."""

    PORTAL = "portal", _("reserved area")
    APP = "app", _("app")
    OFFICE = "office", _("back office, for a person who wrote to us")


class DataExportHanding(models.TextChoices):
    """How the copy reaches the person."""

    LINK = "link", _("the person opens it in the reserved area")
    FILE = "file", _("we hand the file over")


NEXT: dict[str, frozenset[str]] = {
    DataExportState.WAITING: frozenset({DataExportState.MAKING, DataExportState.ENDED}),
    DataExportState.MAKING: frozenset({DataExportState.WAITING, DataExportState.READY}),
    DataExportState.READY: frozenset({DataExportState.ENDED}),
    DataExportState.ENDED: frozenset(),
}
# Asked for and not made yet
UNDER_WAY = (DataExportState.WAITING, DataExportState.MAKING)


class DataExportQuerySet(models.QuerySet["DataExport"]):
    """Questions asked about copies."""

    def visible_to(self, user: Reader) -> "DataExportQuerySet":
        """Those of the customers in the user's reach. An agency sees none: what is in them goes beyond its own work."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(customer__in=reach.customer_ids)

    def of_the_person(self) -> "DataExportQuerySet":
        """Those that the person opens in the reserved area; the others were handed over by us."""
        return self.filter(handing=DataExportHanding.LINK)

    def under_way(self) -> "DataExportQuerySet":
        """Asked for and not made yet."""
        return self.filter(state__in=UNDER_WAY)

    def can_be_opened(self, now: datetime) -> "DataExportQuerySet":
        """Ready, and not past the end of their link."""
        return self.filter(state=DataExportState.READY, expires_at__gt=now)

    def for_list(self) -> "DataExportQuerySet":
        """With what a list of copies shows."""
        return self.select_related("customer", "asked_by")


def stored_under(_export: "DataExport", _name: str) -> str:
    """Where an archive is kept: a random name, in a folder per month. Nothing about the person is in it."""
    return f"data-exports/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}"


class DataExport(models.Model):
    """A copy of a customer's data (art. 15 and 20 GDPR). The archive is deleted at `expires_at`; the row remains as the proof
    that the copy was given.

    `file` names the archive from the moment a worker begins to write it: what a killed worker leaves behind is found.
    """

    State = DataExportState
    Channel = DataExportChannel
    Handing = DataExportHanding

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="data_exports", verbose_name=_("customer"), db_index=False
    )
    channel = models.CharField(_("asked for in"), max_length=6, choices=Channel.choices)
    handing = models.CharField(_("handed over"), max_length=4, choices=Handing.choices, default=Handing.LINK)
    asked_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    language = models.CharField(_("language"), max_length=2)

    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    try_after = models.DateTimeField(_("not tried before"), default=timezone.now)
    problem = models.CharField(_("why it is not made yet"), max_length=300, blank=True)

    file = models.FileField(_("file"), upload_to=stored_under, max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size (bytes)"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    rows = models.PositiveIntegerField(_("pieces of information in it"), null=True, blank=True)
    files = models.PositiveIntegerField(_("files in it"), null=True, blank=True)

    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    claimed_at = models.DateTimeField(_("last sign of the worker"), null=True, blank=True)
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("can be opened until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of a customer's data")
        verbose_name_plural = _("copies of customers' data")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            one_of("state", DataExportState, name="data_export_state_is_known"),
            one_of("channel", DataExportChannel, name="data_export_channel_is_known"),
            one_of("handing", DataExportHanding, name="data_export_handing_is_known"),
            models.CheckConstraint(
                condition=~Q(channel=DataExportChannel.OFFICE) | ~Q(reason=""),
                name="office_data_export_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(channel=DataExportChannel.OFFICE) | Q(handing=DataExportHanding.LINK),
                name="person_opens_the_data_export_asked_for",
            ),
            models.CheckConstraint(
                condition=~Q(state=DataExportState.READY)
                | Q(sha256__regex=r"^[0-9a-f]{64}$", size__isnull=False, size__gt=0)
                & Q(ready_at__isnull=False, expires_at__isnull=False)
                & ~Q(file=""),
                name="ready_data_export_has_its_file",
            ),
            models.CheckConstraint(
                condition=Q(state=DataExportState.ENDED, ended_at__isnull=False, file="")
                | ~Q(state=DataExportState.ENDED) & Q(ended_at__isnull=True),
                name="ended_data_export_has_no_file",
            ),
            models.UniqueConstraint(
                fields=["customer", "handing"], condition=Q(state__in=UNDER_WAY), name="one_data_export_under_way"
            ),
        ]
        indexes = [
            # The page "My data" and a customer's file, newest first.
            models.Index(fields=["customer", "-asked_at"], name="data_export_of_customer"),
            # The worker that makes them, and the one that ends them.
            models.Index(fields=["try_after"], name="data_export_under_way", condition=Q(state__in=UNDER_WAY)),
            models.Index(fields=["expires_at"], name="data_export_ready", condition=Q(state=DataExportState.READY)),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "data_export_request_is_fixed",
                ["key", "customer", "channel", "handing", "asked_by", "reason", "language", "asked_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} – {timezone.localtime(self.asked_at):%d/%m/%Y}"

    @property
    def name(self) -> str:
        """What a saved copy is called: i-miei-dati-2026-11-29.zip."""
        stem = "my-data" if self.language == "en" else "i-miei-dati"
        return f"{stem}-{timezone.localtime(self.ready_at or self.asked_at):%Y-%m-%d}.zip"

    def is_open_at(self, now: datetime) -> bool:
        """Whether the archive can be taken at the moment."""
        return self.state == self.State.READY and self.expires_at is not None and self.expires_at > now


class DataExportDoor(models.TextChoices):
    """Where a copy was taken."""

    PORTAL = "portal", _("reserved area")
    OFFICE = "office", _("back office")
    APP = "app", _("app")


class DataExportOpening(models.Model):
    """One opening of an archive. Rows are added, never changed."""

    Door = DataExportDoor

    export = models.ForeignKey(
        DataExport,
        models.PROTECT,
        related_name="openings",
        verbose_name=_("copy of a customer's data"),
        db_index=False,
    )
    user = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("user"))
    door = models.CharField(_("where"), max_length=6, choices=Door.choices)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("opening of a copy of a customer's data")
        verbose_name_plural = _("openings of copies of customers' data")
        ordering = ["-at", "-pk"]
        constraints = [one_of("door", DataExportDoor, name="data_export_door_is_known")]
        indexes = [models.Index(fields=["export", "-at"], name="opening_of_data_export")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.export}: {self.user}"
