"""`Notice`: the outbox (and `NoticeAttachment`, the files that go with it). What is to be told to whom, with its rendered text, and what became of it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.visibility import reach_of


class NoticeQuerySet(models.QuerySet):
    """Questions asked about notices."""

    def visible_to(self, user) -> "NoticeQuerySet":
        """Notices to the customers whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def for_list(self) -> "NoticeQuerySet":
        """With what a list of notices shows; the long texts stay in the database."""
        return self.select_related("customer").defer("body_text", "body_html")

    def in_trouble(self) -> "NoticeQuerySet":
        """Refused by the channel, or in doubt: a person has to look."""
        return self.filter(state__in=[Notice.State.REFUSED, Notice.State.IN_DOUBT])

    def waiting(self, now) -> "NoticeQuerySet":
        """Queued, and not to be held back any longer."""
        return self.filter(state=Notice.State.QUEUED, send_after__lte=now)

    def inbox_of(self, customer: Customer) -> "NoticeQuerySet":
        """What the reserved area shows the customer, newest first."""
        told = self.filter(customer=customer, channel=Notice.Channel.INBOX, state=Notice.State.SENT)
        return told.order_by("-created_at", "-pk")

    def unread(self) -> "NoticeQuerySet":
        """Never opened by the customer: `Notice.objects.inbox_of(customer).unread().count()`."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One message to one address. Written in the transaction of the command that owes it, sent later by a worker.

    `once` says what the notice is about in words that another run would use too ("complaint-answer:17"); it is unique,
    so a repeated command repeats nothing.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        PUSH = "push", _("app notification")
        INBOX = "inbox", _("reserved area")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused by the channel")
        IN_DOUBT = "in_doubt", _("in doubt")
        WITHHELD = "withheld", _("withheld")

    kind = models.CharField(_("kind"), max_length=40)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    once = models.CharField(_("unique key"), max_length=120, unique=True)
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("customer"),
        db_index=False,
    )
    user = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("member of staff"),
    )
    address = models.CharField(_("address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=2, default="it")
    subject = models.CharField(_("subject"), max_length=250)
    body_text = models.TextField(_("text"))
    body_html = models.TextField(_("formatted text"), blank=True)
    is_promotional = models.BooleanField(_("promotional"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    message_id = models.CharField(_("Message-ID"), max_length=200, blank=True)
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    send_after = models.DateTimeField(_("not before"), default=timezone.now)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=["email", "sms", "push", "inbox"]), name="notice_channel_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sending", "sent", "refused", "in_doubt", "withheld"]),
                name="notice_state_is_known",
            ),
            models.CheckConstraint(condition=~models.Q(once=""), name="notice_has_a_unique_key"),
            models.CheckConstraint(
                condition=models.Q(channel="inbox") | ~models.Q(address=""), name="notice_has_an_address"
            ),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(user__isnull=False) | ~models.Q(address=""),
                name="notice_is_for_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="notice_sent_has_its_moment"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sending") | models.Q(claimed_at__isnull=False),
                name="notice_being_sent_is_claimed",
            ),
        ]
        indexes = [
            # The sweep: what is owed, oldest first.
            models.Index(fields=["send_after", "id"], name="notice_waiting", condition=models.Q(state="queued")),
            # What a dead worker was holding.
            models.Index(fields=["claimed_at"], name="notice_claimed", condition=models.Q(state="sending")),
            # A customer's notices, in the portal and in the file.
            models.Index(fields=["customer", "-created_at"], name="notice_of_customer"),
            # What a person has to look at.
            models.Index(
                fields=["-created_at"], name="notice_in_trouble", condition=models.Q(state__in=["refused", "in_doubt"])
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class NoticeAttachment(models.Model):
    """A file that goes with a notice, kept as it was sent: a letter of a few dozen kB."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="attachments", verbose_name=_("notice"))
    name = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=80)
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("attachment of a notice")
        verbose_name_plural = _("attachments of a notice")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "name"], name="one_attachment_per_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="attachment_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
