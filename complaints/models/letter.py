"""`ComplaintLetter`: the answer as it was sent, kept byte for byte; `LetterSending`: how and when it went out."""

import pgtrigger
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import User
from customers.visibility import reach_of
from foundation.constraints import is_among
from foundation.guards import append_only, fixed, never_deleted

from .complaint import Complaint, ComplaintQuerySet


class Digest(Func):
    """SHA-256 of the bytes, in hexadecimal: computed by the database, so it cannot belong to other bytes."""

    template = "encode(sha256(%(expressions)s), 'hex')"
    output_field = models.CharField(max_length=64)


class ComplaintLetterQuerySet(models.QuerySet["ComplaintLetter"]):
    """Questions asked about letters."""

    def visible_to(self, user: User) -> "ComplaintLetterQuerySet":
        """Letters of the complaints the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(complaint__in=Complaint.objects.visible_to(user))


class ComplaintLetter(models.Model):
    """The answer letter of a complaint. A row is added when the complaint is answered, never changed, never deleted."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="letter", verbose_name=_("complaint"))
    pdf = models.BinaryField(_("PDF"))
    sha256 = models.GeneratedField(
        expression=Digest(F("pdf")),
        output_field=models.CharField(max_length=64),
        db_persist=True,
        verbose_name=_("SHA-256"),
    )
    paragraphs = models.JSONField(
        _("paragraphs"), default=list, blank=True, help_text=_("Code and version of each paragraph that the law adds")
    )
    frame = models.JSONField(
        _("texts of the frame"),
        default=list,
        blank=True,
        help_text=_("Code and version of each text of the frame; of a letter made before they were dated: none"),
    )
    language = models.CharField(_("language"), max_length=2, default="it")
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    objects = ComplaintLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer letter")
        verbose_name_plural = _("answer letters")
        ordering = ["-made_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(pdf=Value(b"")), name="letter_is_not_empty")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """What the file is called where it is saved: reclamo-2026-17.pdf."""
        return f"reclamo-{self.complaint.file_stem}.pdf"


class LetterSendingQuerySet(models.QuerySet["LetterSending"]):
    """Questions asked about sendings of letters."""

    def visible_to(self, user: User) -> "LetterSendingQuerySet":
        """Sendings of the complaints the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(complaint__in=Complaint.objects.visible_to(user))

    def not_gone(self) -> "LetterSendingQuerySet":
        """Not known to have gone: still in the queue, refused, or waiting to be posted."""
        return self.filter(gone_on__isnull=True)

    def not_arrived(self) -> "LetterSendingQuerySet":
        """Not gone, or come back."""
        return self.filter(Q(gone_on__isnull=True) | Q(returned_on__isnull=False))

    def gone(self) -> "LetterSendingQuerySet":
        """Went, and did not come back, the first that went before the others."""
        return self.filter(gone_on__isnull=False, returned_on__isnull=True).order_by("gone_on", "pk")


class Way(models.TextChoices):
    """How an answer letter goes."""

    EMAIL = "email", _("by e-mail")
    PEC = "pec", _("by certified e-mail (PEC)")
    POST = "post", _("by post")
    INBOX = "inbox", _("in the reserved area")


class LetterSending(models.Model):
    """One attempt to get an answer letter to the complainant: by e-mail, by PEC, by post, or in the reserved area alone.

    It is open until the notice has gone, or until somebody enters the day of posting. `delivered_at`: when it arrived, by a
    receipt. `returned_on` and `problem`: when it came back after all, and why; then it has not gone.
    """

    Way = Way

    class Post(models.TextChoices):
        UNKNOWN = "", _("not known")
        RECEIPT = "receipt", _("registered letter with advice of receipt")
        REGISTERED = "registered", _("registered letter")
        ORDINARY = "ordinary", _("ordinary letter")
        BY_HAND = "by_hand", _("handed over")

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="sendings", verbose_name=_("complaint"))
    way = models.CharField(_("way"), max_length=5, choices=Way.choices)
    address = models.CharField(_("address"), max_length=254, blank=True)
    notice = models.ForeignKey(
        "notifications.Notice", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("notice")
    )
    post = models.CharField(_("kind of post"), max_length=10, choices=Post.choices, default=Post.UNKNOWN, blank=True)
    tracking = models.CharField(_("number of the registered letter"), max_length=60, blank=True)
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    gone_on = models.DateField(_("gone on"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("arrived at, by a receipt"), null=True, blank=True)
    returned_on = models.DateField(_("came back on"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=500, blank=True)

    objects = LetterSendingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sending of a letter")
        verbose_name_plural = _("sendings of a letter")
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way="post") | Q(notice__isnull=False) & is_among("way", (Way.EMAIL, Way.PEC, Way.INBOX)),
                name="sending_has_its_notice",
            ),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True) | Q(gone_on__isnull=False, returned_on__gte=F("gone_on")),
                name="sending_comes_back_after_it_went",
            ),
        ]
        # The list of letters that have not gone, and the task that follows them.
        indexes = [
            models.Index(
                fields=["complaint"],
                name="sending_not_arrived",
                condition=Q(gone_on__isnull=True) | Q(returned_on__isnull=False),
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "fixed_once_gone",
                ("complaint", "way", "address", "notice", "post", "tracking", "by", "made_at", "gone_on"),
                once=pgtrigger.Q(old__gone_on__isnull=False),
            ),
            fixed("fixed_once_returned", ("returned_on", "problem"), once=pgtrigger.Q(old__returned_on__isnull=False)),
            fixed("arrival_is_fixed", ("delivered_at",), once=pgtrigger.Q(old__delivered_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.complaint}: {self.get_way_display()}"


def answers_not_out(complaints: ComplaintQuerySet) -> ComplaintQuerySet:
    """The complaints that were answered and whose letter has not gone: refused, in doubt, come back, or to be posted.

    A letter that waits to be printed is among them: it is a person who lets it go.
    """
    sendings = LetterSending.objects.filter(complaint=OuterRef("pk"))
    on_the_way = sendings.not_gone().filter(notice__state__in=["queued", "sending", "sent"]).exclude(way=Way.POST)
    return complaints.filter(Exists(sendings.not_arrived()), ~Exists(on_the_way), ~Exists(sendings.gone()))
