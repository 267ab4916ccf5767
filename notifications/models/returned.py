"""`ReturnedMessage`: what came to a mailbox of ours and is no proof of a certified manager: kept as it came, never lost."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted
from foundation.history import keep_history
from foundation.requests import Reader
from notifications.models.notice import Notice


class ReturnKind(models.TextChoices):
    """What a message that came back is (notifications/returns/reading.py)."""

    BOUNCE = "bounce", _("did not arrive")
    DELAYED = "delayed", _("is delayed")
    COMPLAINT = "complaint", _("complaint of the receiver")
    RECEIPT = "receipt", _("receipt")
    AUTOMATIC = "automatic", _("automatic answer")
    ANSWER = "answer", _("answer of a person")
    UNREADABLE = "unreadable", _("cannot be read")


class ReturnVerdict(models.TextChoices):
    """What a bounce is worth (notifications/returns/verdicts.py)."""

    NONE = "", "–"
    NO_MAILBOX = "no_mailbox", _("no such mailbox")
    POLICY = "policy", _("they refuse us: our fault")
    PASSING = "passing", _("full, or out of reach")
    UNCLEAR = "unclear", _("not clear why")


class MatchedBy(models.TextChoices):
    """How the notice was found."""

    NOTHING = "", "–"
    TOKEN = "token", _("by the return path")
    MESSAGE_ID = "message_id", _("by the Message-ID")
    PERSON = "person", _("by a person")


class ReturnEffect(models.TextChoices):
    """What followed by itself, or by the person who dealt with it."""

    NOTHING = "", _("nothing")
    REPORTED = "reported", _("the notice has it")
    SUPPRESSED = "suppressed", _("nothing goes to the address any more")
    UNSUBSCRIBED = "unsubscribed", _("no more offers go to the customer")
    CONTACT = "contact", _("a contact was opened or goes on")


class ReturnState(models.TextChoices):
    """Whether somebody has still to look."""

    OPEN = "open", _("to be looked at")
    HANDLED = "handled", _("dealt with")


class ReturnedMessageQuerySet(models.QuerySet["ReturnedMessage"]):
    """Questions asked about what came back."""

    def visible_to(self, user: Reader) -> Self:
        """What is about customers whose files the user may see; the company's staff also see what is about nobody known."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="notice__customer", agency="notice__customer__agency"))

    def for_list(self) -> Self:
        """With what a list shows; the messages themselves remain in the database."""
        return self.select_related("notice__customer", "handled_by").defer(
            "raw", "notice__body_text", "notice__body_html"
        )

    def open(self) -> Self:
        """Still to be looked at, as the partial index says it."""
        return self.filter(state=ReturnState.OPEN)

    def answers(self) -> Self:
        """What people wrote."""
        return self.filter(kind=ReturnKind.ANSWER)

    def problems(self) -> Self:
        """All that is to be looked at and is no answer of a person."""
        return self.exclude(kind=ReturnKind.ANSWER)


@keep_history(
    exclude=["mailbox", "validity", "number", "digest", "raw", "size", "is_whole", "written_at", "received_at"]
)
class ReturnedMessage(models.Model):
    """One message as it came to a mailbox, what it is, the notice it is about, and what followed.

    `digest` (SHA-256 of the message) is unique: the same message read twice is one row, also after its mailbox has moved.
    Where it lies in the mailbox are `mailbox`, `validity` and `number`, until it is removed there: then `number` is 0. What people did about it is kept in its history.
    """

    Kind, Verdict, MatchedBy, Effect, State = ReturnKind, ReturnVerdict, MatchedBy, ReturnEffect, ReturnState

    mailbox = models.CharField(_("mailbox"), max_length=20)
    validity = models.BigIntegerField(_("validity of the numbers"), default=0)
    number = models.BigIntegerField(_("number in the mailbox"), default=0)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    raw = models.BinaryField(_("as it came"))
    size = models.PositiveIntegerField(_("bytes"))
    is_whole = models.BooleanField(
        _("whole"),
        default=True,
        help_text=_("Of one that is too large only the beginning is here; it remains in the mailbox"),
    )
    kind = models.CharField(_("what it is"), max_length=10, choices=Kind.choices)
    verdict = models.CharField(_("why"), max_length=10, choices=Verdict.choices, blank=True, default="")
    status = models.CharField(
        _("status"), max_length=12, blank=True, default="", help_text=_("By RFC 3463, such as 5.1.1")
    )
    words = models.CharField(_("in the server's words"), max_length=500, blank=True, default="")
    sender = models.CharField(_("from"), max_length=254, blank=True, default="")
    recipient = models.CharField(
        _("about the address"), max_length=254, blank=True, default="", help_text=_("Whom a report names")
    )
    subject = models.CharField(_("subject"), max_length=250, blank=True, default="")
    written_at = models.DateTimeField(_("written at"), null=True, blank=True, help_text=_("By its own date"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    notice = models.ForeignKey(
        Notice, models.CASCADE, null=True, blank=True, related_name="returns", verbose_name=_("notice"), db_index=False
    )
    matched_by = models.CharField(_("found"), max_length=10, choices=MatchedBy.choices, blank=True, default="")
    effect = models.CharField(_("what followed"), max_length=12, choices=Effect.choices, blank=True, default="")
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.OPEN)
    remark = models.CharField(_("remark"), max_length=500, blank=True, default="")
    handled_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)
    handled_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"), db_index=False
    )

    objects = ReturnedMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("returned message")
        verbose_name_plural = _("returned messages")
        ordering = ["-received_at", "-pk"]
        constraints = [
            one_of("kind", ReturnKind, name="return_kind_is_known"),
            one_of("verdict", ReturnVerdict, name="return_verdict_is_known"),
            one_of("matched_by", MatchedBy, name="return_match_is_known"),
            one_of("effect", ReturnEffect, name="return_effect_is_known"),
            one_of("state", ReturnState, name="return_state_is_known"),
            models.CheckConstraint(condition=Q(notice__isnull=True) | ~Q(matched_by=""), name="return_match_says_how"),
            models.CheckConstraint(
                condition=Q(state="handled", handled_at__isnull=False)
                | Q(state="open", handled_at__isnull=True, handled_by__isnull=True),
                name="return_handled_has_its_moment",
            ),
            models.CheckConstraint(condition=Q(verdict="") | Q(kind="bounce"), name="only_a_bounce_has_a_verdict"),
        ]
        indexes = [
            # The list of the back office: what is to be looked at, newest first.
            models.Index(fields=["-received_at", "-id"], name="return_open", condition=Q(state="open")),
            models.Index(fields=["-received_at", "-id"], name="return_newest"),
            # What came back about a notice, on its page and before a file is copied or erased.
            models.Index(fields=["notice"], name="return_of_notice", condition=Q(notice__isnull=False)),
            # What lies in a mailbox and is here already.
            models.Index(
                fields=["mailbox", "validity", "number"], name="return_in_mailbox", condition=Q(number__gt=0)
            ),
            # A person's messages, by the address they wrote from; and the retention.
            models.Index(fields=["sender"], name="return_of_sender"),
            models.Index(fields=["recipient"], name="return_of_recipient", condition=~Q(recipient="")),
            # How many addresses were given up today.
            models.Index(fields=["received_at"], name="return_suppressed", condition=Q(effect="suppressed")),
        ]
        triggers = [*never_deleted(), fixed("what_came_is_fixed", ["digest", "raw", "size", "sender", "received_at"])]

    def __str__(self) -> str:
        return self.subject or self.get_kind_display()

    @property
    def address(self) -> str:
        """The address that it is about: the notice's, else the one that a report names, else the sender's of an answer."""
        is_mail = self.notice is not None and self.notice.channel in (Notice.Channel.EMAIL, Notice.Channel.PEC)
        own = self.notice.address if self.notice is not None and is_mail else ""
        return own or self.recipient or (self.sender if self.kind == ReturnKind.ANSWER else "")
