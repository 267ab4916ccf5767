"""`TriageDecision`: that something written is a complaint, or is none; and what marks it as likely to be one."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from complaints.models.feedback import Feedback
from contact_center.models import Contact, Message
from customers.models import User
from customers.visibility import reach_of
from foundation.guards import append_only, fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned


class TriageDecision(models.Model):
    """Somebody's decision about what was written on a day in a contact, or in a feedback. A later one replaces it.

    Rows are added, never changed: the decision that holds is the newest of its subject and day (Reg. ISVAP 24/2008,
    art. 2, for what a complaint is). The day is that of the writing, which is the day of receipt if it is a complaint.
    """

    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="triage_decisions",
        verbose_name=_("contact"),
        db_index=False,
    )
    feedback = models.ForeignKey(
        Feedback, models.PROTECT, null=True, blank=True, related_name="triage_decisions", verbose_name=_("feedback")
    )
    written_on = models.DateField(_("written on"))
    is_complaint = models.BooleanField(_("is a complaint"))
    reason = models.TextField(_("reason"), blank=True)
    complaint = models.ForeignKey(
        Complaint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="triage_decisions",
        verbose_name=_("complaint"),
        help_text=_("The entry that it became, or that was cancelled by it"),
    )
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("decision on what is a complaint")
        verbose_name_plural = _("decisions on what is a complaint")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, feedback__isnull=True)
                | Q(contact__isnull=True, feedback__isnull=False),
                name="triage_decision_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(is_complaint=True) | ~Q(reason=""), name="triage_decision_against_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["contact", "-at"], name="triage_of_contact", condition=Q(contact__isnull=False)
            ),  # the page of a contact
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.contact or self.feedback}: {self.at:%d/%m/%Y}"


@keep_history()
class HintPhrase(Versioned):
    """A word or phrase that makes a complaint likely, or with a weight below zero unlikely. Changed in the back office."""

    class Language(models.TextChoices):
        ITALIAN = "it", _("Italian")
        ENGLISH = "en", _("English")

    phrase = models.CharField(
        _("words"),
        max_length=80,
        help_text=_("As people write them; accents and capitals make no difference. “delus*” stands for every ending"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ITALIAN)
    weight = models.SmallIntegerField(
        _("weight"), help_text=_("From -5 to 5; below zero it speaks against a complaint")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("words of complaints")
        verbose_name_plural = _("words of complaints")
        ordering = ["language", "-weight", "phrase"]
        constraints = [
            models.UniqueConstraint(fields=["language", "phrase"], name="hint_phrase_once"),
            models.CheckConstraint(condition=~Q(phrase=""), name="hint_phrase_has_words"),
            models.CheckConstraint(
                condition=Q(weight__range=(-5, 5)) & ~Q(weight=0), name="hint_phrase_weight_in_range"
            ),
        ]
        triggers = never_deleted()

    def __str__(self) -> str:
        return self.phrase


class ComplaintHintQuerySet(models.QuerySet["ComplaintHint"]):
    """Questions asked about marks."""

    def visible_to(self, user: User) -> "ComplaintHintQuerySet":
        """Marks of the contacts the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(contact__in=Contact.objects.visible_to(user))

    def open(self) -> "ComplaintHintQuerySet":
        """Likely complaints on which nobody has decided."""
        return self.filter(is_likely=True, decided_at__isnull=True)


class ComplaintHint(models.Model):
    """What the words of one message say: whether it may be a complaint, and which of them made it think so.

    Written once for each message that somebody sent us, soon after it came. It goes with its message.
    """

    message = models.OneToOneField(
        Message, models.CASCADE, related_name="complaint_hint", verbose_name=_("message"), primary_key=True
    )
    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="complaint_hints", verbose_name=_("contact"), db_index=False
    )
    written_at = models.DateTimeField(_("written at"))
    score = models.SmallIntegerField(_("weight of the words"))
    words = models.JSONField(_("words found"), default=list, help_text=_("Each with its weight"))
    is_likely = models.BooleanField(_("perhaps a complaint"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = ComplaintHintQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely complaint")
        verbose_name_plural = _("likely complaints")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(is_likely=True), name="hint_decided_only_if_likely"
            ),
        ]
        indexes = [
            # The officers' list of what waits, and all that was marked.
            models.Index(
                fields=["written_at", "message"],
                name="hint_waiting",
                condition=Q(is_likely=True, decided_at__isnull=True),
            ),
            models.Index(fields=["-written_at", "-message"], name="hint_likely", condition=Q(is_likely=True)),
            models.Index(fields=["contact"], name="hint_of_contact", condition=Q(is_likely=True)),  # a contact's page
        ]
        triggers = [fixed("hint_is_as_it_was_read", ["contact", "written_at", "score", "words", "is_likely"])]

    def __str__(self) -> str:
        return f"{self.contact} – {self.written_at:%d/%m/%Y}"

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names of the person that the contact's texts may have in them."""
        return self.contact.every_name

    @property
    def words_shown(self) -> str:
        """The words that made it think so, the weightiest first."""
        return ", ".join(f"{phrase} ({weight:+d})" for phrase, weight in self.words)


class HintMeasurement(models.Model):
    """How well the words find complaints: on later weeks, with the threshold chosen on earlier ones. Rows are added only.

    `found` of `marked` were complaints (precision), `found` of `complaints` were marked (recall); `messages` is the base.
    The threshold of the newest row holds from then on.
    """

    at = models.DateTimeField(_("measured at"), default=timezone.now)
    first = models.DateField(_("earlier weeks from"))
    split = models.DateField(_("later weeks from"))
    last = models.DateField(_("to"))
    threshold = models.SmallIntegerField(_("threshold"))
    messages = models.PositiveIntegerField(_("messages of the later weeks"))
    complaints = models.PositiveIntegerField(_("of them complaints"))
    marked = models.PositiveIntegerField(_("of them marked"))
    found = models.PositiveIntegerField(_("marked, and complaints"))
    learnt_from = models.PositiveIntegerField(_("messages of the earlier weeks"))
    learnt_complaints = models.PositiveIntegerField(_("of them complaints, earlier"))

    class Meta:
        verbose_name = _("measurement of the words of complaints")
        verbose_name_plural = _("measurements of the words of complaints")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first__lte=F("split"), split__lte=F("last")), name="hint_measured_in_order"
            ),
            models.CheckConstraint(
                condition=Q(found__lte=F("marked"), marked__lte=F("messages"))
                & Q(found__lte=F("complaints"), complaints__lte=F("messages")),
                name="hint_measured_within_its_base",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y}"
