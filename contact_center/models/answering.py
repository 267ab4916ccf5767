"""`ReplyDraft` and `DraftFile`: what an agent has begun to write about a contact. `Mention`: a colleague who is named in a note."""

import secrets
import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import User
from foundation.constraints import one_of

from .contact import Contact, Message
from .organisation import Agent
from .service import WrapUpCode
from .topic import Topic


class AfterAnswer(models.TextChoices):
    """What comes once an answer was sent."""

    GO_ON = "", _("go on with it")
    WAIT = "waiting", _("wait for the customer's answer")
    WRAP_UP = "wrap_up", _("wrap it up")


class ReplyDraftQuerySet(models.QuerySet["ReplyDraft"]):
    """Questions asked about drafts."""

    def of(self, user: User, contact: Contact) -> "ReplyDraft | None":
        """What the user has begun to write about the contact; a draft is shown to nobody but its writer."""
        return self.filter(user=user, contact=contact).first()

    def kept_before(self, moment: datetime) -> "ReplyDraftQuerySet":
        """Those that nobody has gone on with since the moment."""
        return self.filter(kept_at__lt=moment)


class ReplyDraft(models.Model):
    """An answer and a note as far as one agent has written them, with all that was chosen. One for a person and a contact.

    `version` counts the times it was kept and `page` names the page that kept it last: another page that began from an
    earlier version is refused, and loses nothing of its own.
    """

    After = AfterAnswer

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("writer"), db_index=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="reply_drafts", verbose_name=_("contact"))
    text = models.TextField(_("answer"), blank=True)
    note = models.TextField(_("note for colleagues"), blank=True)
    sent_to = models.EmailField(_("to which address"), max_length=254, blank=True)
    then = models.CharField(
        _("then"), max_length=8, choices=AfterAnswer.choices, default=AfterAnswer.GO_ON, blank=True
    )
    code = models.ForeignKey(
        WrapUpCode,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wrap-up code"),
        db_index=False,
    )
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("topic"), db_index=False
    )
    documents = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        verbose_name=_("documents to be sent"),
        help_text=_("The ids of documents of the customer's"),
    )
    copies_agency = models.BooleanField(_("a copy to the agency"), default=False)
    seen_version = models.PositiveIntegerField(_("version of the contact that was seen"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    page = models.UUIDField(_("page that kept it"), editable=False)
    kept_at = models.DateTimeField(_("kept at"), default=timezone.now, editable=False)

    objects = ReplyDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a reply")
        verbose_name_plural = _("drafts of replies")
        ordering = ["-kept_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "contact"], name="one_reply_draft_per_person_and_contact"),
            one_of("then", AfterAnswer, name="reply_draft_then_is_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="reply_draft_version_begins_at_one"),
        ]
        indexes = [
            # The nightly task: those that nobody has gone on with.
            models.Index(fields=["kept_at"], name="reply_draft_kept_at")
        ]

    def __str__(self) -> str:
        return str(self.contact)


def stored_under(_file: "DraftFile", _name: str) -> str:
    """Where a file of a draft is kept: a random name of ours, in a folder per month."""
    return f"drafts/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}"


class DraftFile(models.Model):
    """A file that was chosen for an answer which is not sent yet. What is sent has a copy of its own (`MessageAttachment`)."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    draft = models.ForeignKey(ReplyDraft, models.CASCADE, related_name="files", verbose_name=_("draft"))
    name = models.CharField(_("file name"), max_length=120, help_text=_("As the sender called it, cleaned"))
    content_type = models.CharField(_("type"), max_length=80, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)

    class Meta:
        verbose_name = _("file of a draft")
        verbose_name_plural = _("files of a draft")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="draft_file_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="draft_file_is_not_empty"),
            models.UniqueConstraint(fields=["draft", "sha256"], name="draft_file_once"),
        ]

    def __str__(self) -> str:
        return self.name


class MentionQuerySet(models.QuerySet["Mention"]):
    """Questions asked about mentions."""

    def unseen_by(self, agent: Agent) -> "MentionQuerySet":
        """Those that the agent has not seen yet."""
        return self.filter(agent=agent, seen_at__isnull=True)


class Mention(models.Model):
    """A colleague who is named in a note: they are shown its contact until they have opened it."""

    message = models.ForeignKey(
        Message, models.CASCADE, related_name="mentions", verbose_name=_("note"), db_index=False
    )
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", verbose_name=_("colleague"), db_index=False)
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("mention in a note")
        verbose_name_plural = _("mentions in notes")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["message", "agent"], name="one_mention_per_note_and_colleague")]
        indexes = [
            # A tab of the queue: what somebody has not seen yet.
            models.Index(fields=["agent"], name="mention_unseen", condition=Q(seen_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.message}: {self.agent}"
