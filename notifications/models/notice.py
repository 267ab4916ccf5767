"""`Notice`: the outbox. What is to be written to which person, with its text, and what became of it.

Beside it the files that go with a notice (`NoticeAttachment`), what happened to it out of the ordinary (`NoticeEvent`),
what was reported of it afterwards (`DeliveryReport`), and the addresses to which nothing goes any more (`SuppressedAddress`).
"""

import re
from datetime import datetime
from functools import cached_property

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import append_only, fixed, never_deleted
from foundation.numbers import whole_number
from foundation.privacy import NOBODY
from foundation.requests import Reader
from notifications import channels
from notifications.kinds import KINDS, LONGEST_CODE, name_of
from notifications.rendering import UnknownWord, Wording, render

# About a sign-in that does not exist. What is written to strangers about requests and complaints remains with these.
STRANGER = Q(customer__isnull=True, user__isnull=True, kind__in=["account-mail", "enrolment-unknown"])


# Notices that say nothing about anybody any more: they remain so that the same notice is not owed again.
EMPTIED = Q(subject=NOBODY, body_text=NOBODY)
# The unique key of a notice that goes one way among several: what it is about, the channel, and how often it was taken.
WAY = re.compile(rf"(?P<matter>.+):(?:{'|'.join(channels.Channel.values)})(?::[0-9]+)?")

WHAT_GOES_OUT = (
    "customer",
    "user",
    "address",
    "language",
    "words",
    "subject",
    "body_text",
    "body_html",
    "made_of",
    "is_promotional",
)
HOW_IT_WENT = ("state", "attempts", "message_id", "receipt", "claimed_at", "sent_at")


class NoticeQuerySet(models.QuerySet):
    """Questions asked about notices."""

    def visible_to(self, user: Reader) -> "NoticeQuerySet":
        """Notices to the customers whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def for_list(self) -> "NoticeQuerySet":
        """With what a list of notices shows; the long texts remain in the database."""
        return self.select_related("customer").defer("body_text", "body_html")

    def in_trouble(self) -> "NoticeQuerySet":
        """Refused by the channel, or in doubt: a person has to look."""
        return self.filter(state__in=IN_TROUBLE)

    def in_doubt(self) -> "NoticeQuerySet":
        """May have gone, or not."""
        return self.filter(state=Notice.State.IN_DOUBT)

    def held_back(self) -> "NoticeQuerySet":
        """Queued, and kept there by a limit for one person or one address."""
        return self.filter(held__in=[Held.PERSON, Held.ADDRESS], state=Notice.State.QUEUED)

    def beyond_limits(self) -> "NoticeQuerySet":
        """Sent though more went to the person or the address than should: the law asks for them."""
        return self.filter(held=Held.BEYOND)

    def came_back(self) -> "NoticeQuerySet":
        """Sent, and did not arrive, the last sent first."""
        return self.filter(arrival=Arrival.FAILED).order_by("-sent_at")

    def of_use(self, now: datetime) -> "NoticeQuerySet":
        """What they announce is not past."""
        return self.exclude(expires_at__lte=now)

    def of_no_use(self, now: datetime) -> "NoticeQuerySet":
        """What they announce is past."""
        return self.filter(expires_at__lte=now)

    def waiting(self, now: datetime) -> "NoticeQuerySet":
        """Queued, not to be held back any longer, and not carried by another message."""
        return self.filter(state=Notice.State.QUEUED, send_after__lte=now, digest__isnull=True)

    def about(self, matter: str) -> "NoticeQuerySet":
        """All ways that were taken about the matter, oldest first."""
        return self.filter(Q(once__startswith=f"{matter}:") | Q(once=matter)).order_by("created_at", "pk")

    def by_hand(self) -> "NoticeQuerySet":
        """To be sent by post or PEC by a person, oldest first: nothing else reaches the customer."""
        return self.filter(state=Notice.State.QUEUED, channel=Notice.Channel.POST).order_by("created_at", "pk")

    def owed(self, now: datetime) -> "NoticeQuerySet":
        """Waiting, on a channel that this installation serves, oldest first."""
        return self.waiting(now).filter(channel__in=channels.served()).order_by("send_after", "pk")

    def oldest_owed(self, now: datetime) -> datetime | None:
        """Since when the oldest notice that is owed has been waiting; None when none is."""
        return self.owed(now).values_list("send_after", flat=True).first()

    def left_by_the_dead(self, claimed_before: datetime) -> "NoticeQuerySet":
        """Being sent since before the moment: their worker is not there any more. Letters wait in their batch for days."""
        held = self.filter(state=Notice.State.SENDING, claimed_at__lt=claimed_before)
        return held.exclude(channel=Notice.Channel.POST).order_by("claimed_at")

    def inbox_of(self, customer: Customer | int) -> "NoticeQuerySet":
        """What the reserved area shows the customer (or the one of that id), newest first; in all their files.

        What a digest carried is read there.
        """
        files = Customer.objects.with_merged(customer if isinstance(customer, int) else customer.pk)
        sent = self.filter(
            customer__in=files.order_by().values("pk"), channel=Notice.Channel.INBOX, state=Notice.State.SENT
        )
        sent = sent.filter(digest__isnull=True)
        return sent.order_by("-created_at", "-pk")

    def unread(self) -> "NoticeQuerySet":
        """Never opened by the customer: `Notice.objects.inbox_of(customer).unread().count()`."""
        return self.filter(read_at__isnull=True)


class NoticeState(models.TextChoices):
    """How far a notice has come."""

    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused by the channel")
    IN_DOUBT = "in_doubt", _("in doubt")
    WITHHELD = "withheld", _("withheld")


class Arrival(models.TextChoices):
    """What is known of a notice after it was sent."""

    UNKNOWN = "", _("not known")
    DELIVERED = "delivered", _("arrived")
    FAILED = "failed", _("did not arrive")


class Held(models.TextChoices):
    """What a limit did to a notice (notifications/rates.py)."""

    NOT = "", _("not held back")
    PERSON = "person", _("held back: too many to the person")
    ADDRESS = "address", _("held back: too many to the address")
    BEYOND = "beyond", _("went beyond the limit: the law asks for it")


# A person has to look.
IN_TROUBLE = (NoticeState.REFUSED, NoticeState.IN_DOUBT)


class Notice(models.Model):
    """One message to one address. Written in the transaction of the command that owes it, sent later by a worker.

    `once` names what the notice is about in words that another run would use too ("complaint-answer:17"); it is
    unique, so a repeated command repeats nothing. A command writes the text with the notice; a plan over the whole
    portfolio writes the facts (`words`), and the text is made of them before the notice is sent. From then on it
    remains.
    """

    Channel = channels.Channel

    State = NoticeState

    Arrival = Arrival

    Held = Held

    kind = models.CharField(_("kind"), max_length=LONGEST_CODE)
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
    words = models.JSONField(_("facts"), null=True, blank=True, editable=False)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    body_text = models.TextField(_("text"), blank=True)
    body_html = models.TextField(_("formatted text"), blank=True)
    made_of = models.ForeignKey(
        "notifications.NoticeText",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made of the text"),
        db_index=False,
        help_text=_("The approved text that it was made of; none where it was that of the project's files"),
    )
    is_promotional = models.BooleanField(_("promotional"), default=False)
    thread = models.CharField(
        _("conversation"),
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text=_("What it belongs to, such as request:17"),
    )
    mailbox = models.CharField(
        _("typed mailbox"),
        max_length=254,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where the address was only typed: the mailbox that its e-mails are counted by"),
    )
    digest = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carried",
        verbose_name=_("message that carries it"),
        help_text=_("It goes with others in one message, and shares what becomes of that"),
        db_index=False,
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    message_id = models.CharField(_("Message-ID"), max_length=200, blank=True)
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    receipt = models.CharField(
        _("receipt"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("What the channel answered when it took the message; of an SMS also its segments"),
    )
    arrival = models.CharField(
        _("arrival"),
        max_length=9,
        choices=Arrival.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("By the newest report of the channel, or by whoever saw it come back"),
    )
    held = models.CharField(
        _("limit"), max_length=7, choices=Held.choices, blank=True, default="", db_default="", editable=False
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    send_after = models.DateTimeField(_("not before"), default=timezone.now)
    expires_at = models.DateTimeField(_("of no use after"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [
            one_of("channel", channels.Channel, name="notice_channel_is_known"),
            one_of("state", NoticeState, name="notice_state_is_known"),
            one_of("arrival", Arrival, name="notice_arrival_is_known"),
            one_of("held", Held, name="notice_limit_is_known"),
            models.CheckConstraint(condition=~models.Q(once=""), name="notice_has_a_unique_key"),
            models.CheckConstraint(
                condition=is_among("channel", (channels.Channel.INBOX, channels.Channel.POST)) | ~models.Q(address=""),
                name="notice_has_an_address",
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
            models.CheckConstraint(
                condition=models.Q(words__isnull=False) | ~models.Q(subject="") & ~models.Q(body_text=""),
                name="notice_has_text_or_facts",
            ),
            models.CheckConstraint(
                condition=~is_among("state", (NoticeState.SENDING, NoticeState.SENT, NoticeState.IN_DOUBT))
                | ~models.Q(subject="") & ~models.Q(body_text=""),
                name="notice_on_its_way_has_its_text",
            ),
            models.CheckConstraint(
                condition=models.Q(digest__isnull=True) | ~models.Q(digest=models.F("id")),
                name="notice_is_carried_by_another",
            ),
        ]
        indexes = [
            # The sweep: what is owed, oldest first, without the thousands that wait for a person.
            models.Index(
                fields=["send_after", "id"],
                name="notice_waiting",
                condition=is_among("channel", channels.AUTOMATIC) & models.Q(state="queued"),
            ),
            # The same by kind: what is urgent is found among a whole portfolio's alerts without reading these.
            models.Index(
                fields=["kind", "send_after", "id"],
                name="notice_waiting_of_kind",
                condition=is_among("channel", channels.AUTOMATIC) & models.Q(state="queued"),
            ),
            # What a limit held back, and what went beyond one.
            models.Index(fields=["-created_at"], name="notice_held", condition=~Q(held="")),
            # A day's notices among ten years of them: rows lie in the order in which they were written, so a small index of the
            # blocks suffices (notifications/sendings/figures.py).
            BrinIndex(fields=["created_at"], name="notice_by_day", pages_per_range=32, autosummarize=True),
            # What a person has to send by post or PEC, oldest first.
            models.Index(
                fields=["created_at"], name="notice_by_hand", condition=models.Q(state="queued", channel="post")
            ),
            # The first message of a conversation, which the later ones answer.
            models.Index(fields=["thread", "id"], name="notice_of_thread", condition=~models.Q(thread="")),
            # How many e-mails a mailbox that somebody typed has had.
            models.Index(fields=["mailbox", "-created_at"], name="notice_to_mailbox", condition=~models.Q(mailbox="")),
            # What a dead worker was holding.
            models.Index(fields=["claimed_at"], name="notice_claimed", condition=models.Q(state="sending")),
            # A customer's notices, in the portal and in the file.
            models.Index(fields=["customer", "-created_at"], name="notice_of_customer"),
            # What a person has to look at.
            models.Index(fields=["-created_at"], name="notice_in_trouble", condition=is_among("state", IN_TROUBLE)),
            # What came back, for the next rung of its ladder.
            models.Index(fields=["-sent_at"], name="notice_came_back", condition=Q(arrival="failed")),
            # What a digest carries; and of that what still waits, for the sweep.
            models.Index(fields=["digest"], name="notice_of_digest", condition=Q(digest__isnull=False)),
            models.Index(
                fields=["digest"],
                name="notice_carried_waiting",
                condition=Q(digest__isnull=False, state="queued"),
            ),
            # What is forgotten each night: a month of it, among years of notices.
            models.Index(fields=["created_at"], name="notice_to_stranger", condition=STRANGER),
            models.Index(fields=["kind", "created_at"], name="notice_to_forget", condition=~EMPTIED),
            models.Index(fields=["created_at"], name="offer_to_forget", condition=Q(is_promotional=True) & ~EMPTIED),
        ]
        triggers = [
            *never_deleted(),
            fixed("key_never_changes", ["once", "kind", "channel", "created_at"]),
            # What went, or may have gone: the person who decides later must find it. Only its being read is still written.
            fixed(
                "what_went_is_fixed", WHAT_GOES_OUT, once=pgtrigger.Q(old__state__in=["sending", "in_doubt", "sent"])
            ),
            fixed("sent_is_fixed", HOW_IT_WENT, once=pgtrigger.Q(old__state="sent")),
        ]

    def __str__(self) -> str:
        return self.subject or self.wording.subject

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names of the customer, if any, by which a text may call them."""
        return self.customer.every_name if self.customer else ()

    @property
    def about_id(self) -> int | None:
        """The id that the unique key names behind its first word: 17 of `complaint-term:17:7`; None where there is none."""
        return whole_number(self.once.split(":")[1]) if ":" in self.once else None

    def is_of_use(self, now: datetime) -> bool:
        """Whether what it announces is not past."""
        return self.expires_at is None or self.expires_at > now

    @property
    def matter(self) -> str:
        """What it is about, the same for all ways that it went: the unique key without the channel."""
        found = WAY.fullmatch(self.once)
        return found["matter"] if found else self.once

    @property
    def is_rendered(self) -> bool:
        """Whether the text has been made; until then the notice has only the facts it will be made of."""
        return bool(self.subject)

    def make_wording(self) -> Wording:
        """Make the wording of the notice's facts; UnknownWord or ValueError when these do not fit its kind."""
        if self.kind not in KINDS:
            raise UnknownWord(f"There is no kind of notice “{self.kind}” any more.")
        return render(KINDS[self.kind], self.words or {}, language=self.language, channel=self.channel)

    @cached_property
    def wording(self) -> Wording:
        """The wording as it stands, or as it would be made of the facts now.

        One that cannot be made (a kind of the past, facts that do not fit it any more) gives the reason, so that lists
        stay readable; `make_wording` raises instead.
        """
        if self.is_rendered:
            return Wording(self.subject, self.body_text, self.body_html)
        try:
            return self.make_wording()
        except (UnknownWord, ValueError) as error:
            return Wording(name_of(self.kind), str(error), "")


class Outcome(models.TextChoices):
    """What a report says."""

    ON_ITS_WAY = "on_its_way", _("on its way")
    DELIVERED = "delivered", _("arrived")
    FAILED = "failed", _("did not arrive")
    UNPROVED = "unproved", _("proves nothing")


class Signature(models.TextChoices):
    """What the signature of a receipt is worth (notifications/channels/pec/signatures.py); nothing for what has none."""

    NONE = "", "–"
    VERIFIED = "verified", pgettext_lazy("signature", "verified")
    UNVERIFIED = "unverified", pgettext_lazy("signature", "cannot be verified")
    WRONG = "wrong", pgettext_lazy("signature", "wrong")


class DeliveryReport(models.Model):
    """What became of a notice after it was sent: the word of a channel, or of a person who saw it come back.

    Rows are added, never changed; the notice has the result of the newest. `source_key` is the report's own key at its
    source, so that a report that comes twice is kept once. A receipt whose signature is wrong proves nothing, nor does one
    that cannot be verified where that is required (PEC_RECEIPTS_MUST_VERIFY): its outcome is `UNPROVED`.
    """

    Outcome, Signature = Outcome, Signature

    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="reports", verbose_name=_("notice"), db_index=False
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    detail = models.CharField(_("in words"), max_length=500, blank=True)
    source_key = models.CharField(_("key at its source"), max_length=200, null=True, blank=True, unique=True)
    original = models.BinaryField(_("as it came"), null=True, blank=True)
    signature = models.CharField(_("signature"), max_length=10, choices=Signature.choices, blank=True, default="")
    signer = models.CharField(_("signed by"), max_length=200, blank=True, default="")
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"), db_index=False
    )
    happened_at = models.DateTimeField(_("happened at"), default=timezone.now)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        verbose_name = _("report of delivery")
        verbose_name_plural = _("reports of delivery")
        ordering = ["-happened_at", "-pk"]
        constraints = [
            one_of("outcome", Outcome, name="report_outcome_is_known"),
            one_of("signature", Signature, name="report_signature_is_known"),
            models.CheckConstraint(
                condition=~Q(signature="wrong") | Q(outcome="unproved"), name="a_wrong_signature_proves_nothing"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="unproved") | Q(signature__in=["wrong", "unverified"]),
                name="unproved_by_its_signature",
            ),
        ]
        indexes = [models.Index(fields=["notice", "-happened_at"], name="report_of_notice")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.get_outcome_display()


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
        triggers = append_only()

    def __str__(self) -> str:
        return self.name


class NoticeEvent(models.Model):
    """A change of state out of the ordinary: put off, refused, withheld, in doubt, or decided by a person.

    The ordinary way (queued, being sent, sent) is recorded by the moments on the notice itself, so that a hundred
    thousand notices a night write no hundred thousand events. Rows are added, never changed.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="events", verbose_name=_("notice"), db_index=False)
    old = models.CharField(_("before"), max_length=8, choices=Notice.State.choices)
    new = models.CharField(_("after"), max_length=8, choices=Notice.State.choices)
    detail = models.CharField(_("why"), max_length=500, blank=True)
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"), db_index=False
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("event of a notice")
        verbose_name_plural = _("events of a notice")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(old=models.F("new")), name="notice_event_changes_the_state")
        ]
        # A notice's own events, newest first, on its page.
        indexes = [models.Index(fields=["notice", "-at"], name="event_of_notice")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_old_display()} → {self.get_new_display()}"


class SuppressedAddressQuerySet(models.QuerySet):
    """Questions asked about addresses to which nothing goes."""

    def in_force(self) -> "SuppressedAddressQuerySet":
        """Not lifted since."""
        return self.filter(lifted_at__isnull=True)


class SuppressionReason(models.TextChoices):
    """Why nothing goes to an address any more."""

    NO_SUCH_MAILBOX = "no_mailbox", _("no such mailbox")
    ASKED = "asked", _("the person asked")
    BY_HAND = "by_hand", _("decided here")


class SuppressedAddress(models.Model):
    """An address to which nothing is sent any more, why, and since when. Lifting it is a command; the row remains."""

    Reason = SuppressionReason

    channel = models.CharField(_("channel"), max_length=6, choices=Notice.Channel.choices)
    address = models.CharField(_("address"), max_length=254, help_text=_("In lower case"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    since = models.DateTimeField(_("since"), default=timezone.now)
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"), db_index=False
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_why = models.CharField(_("lifted because"), max_length=500, blank=True, default="", db_default="")
    lifted_by = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lifted by"),
        db_index=False,
    )

    objects = SuppressedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["address", "channel"],
                condition=Q(lifted_at__isnull=True),
                name="address_suppressed_once",
            ),
            models.CheckConstraint(condition=~Q(address=""), name="suppressed_address_is_given"),
            models.CheckConstraint(
                condition=Q(address=models.functions.Lower("address")), name="suppressed_address_is_lower_case"
            ),
            one_of("reason", SuppressionReason, name="suppression_reason_is_known"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=False) | Q(lifted_by__isnull=True), name="lifted_by_somebody_at_a_moment"
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return self.address


class MailboxPlace(models.Model):
    """How far a mailbox was read: up to the message of this number, as long as the mailbox's numbers hold (`validity`)."""

    name = models.CharField(_("mailbox"), max_length=20, unique=True)
    validity = models.BigIntegerField(_("validity of the numbers"), default=0)
    last_number = models.BigIntegerField(_("last number"), default=0)
    read_at = models.DateTimeField(
        _("read at"), null=True, blank=True, help_text=_("When a whole round over it ended last")
    )
    waiting = models.PositiveIntegerField(
        _("left in it"), default=0, help_text=_("What the last round did not come to")
    )
    problem = models.CharField(_("problem"), max_length=500, blank=True, default="", help_text=_("Of the last round"))

    class Meta:
        verbose_name = _("place in a mailbox")
        verbose_name_plural = _("places in mailboxes")

    def __str__(self) -> str:
        return self.name
