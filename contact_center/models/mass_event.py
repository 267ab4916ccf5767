"""`MassEvent`: something that makes many people turn to us at once; the contacts that are about it, and how they are answered together."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.validators import validate_one_line
from foundation.constraints import is_among, one_of
from foundation.guards import fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.naming import NamedInTwoLanguages, in_language

from .contact import Contact
from .marks import JOINED_MARKS
from .organisation import TollFreeLine
from .topic import Topic

LONGEST_WORDS = 2_000


class MassEventQuerySet(models.QuerySet["MassEvent"]):
    """Questions asked about mass events."""

    def in_force(self, now: datetime) -> "MassEventQuerySet":
        """Those that hold at the moment: declared, begun, and not past their end."""
        return self.filter(state=MassEvent.State.ACTIVE, begins_at__lte=now).filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=now)
        )

    def past_their_end(self, now: datetime) -> "MassEventQuerySet":
        """Those that nobody ended, though the moment until which they hold is past."""
        return self.filter(state=MassEvent.State.ACTIVE, ends_at__lte=now)


class MassEventState(models.TextChoices):
    """Where a mass event stands. One that is over never comes back: what happens again is another event."""

    DRAFT = "draft", _("being prepared")
    ACTIVE = "active", _("active")
    OVER = "over", _("over")


@keep_history()
class MassEvent(NamedInTwoLanguages, Versioned):
    """Hail over a province, an outage, a wrong letter: while it is active, visitors and agents read about it.

    `words` are for visitors and customers, `guidance` for agents alone. Topics, provinces and phrases say which open contacts
    are suggested as being about it; none is joined by itself.
    """

    State = MassEventState

    name = models.CharField(_("title"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("title, in English"), max_length=100, blank=True, validators=[validate_one_line])
    words = models.TextField(
        _("words for visitors"),
        max_length=LONGEST_WORDS,
        help_text=_("On the public pages, in the reserved area and the app"),
    )
    words_en = models.TextField(_("words for visitors, in English"), max_length=LONGEST_WORDS, blank=True)
    guidance = models.TextField(
        _("words for agents"),
        max_length=LONGEST_WORDS,
        help_text=_("What to say and what not to promise: it never leaves the house"),
    )
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Empty: until somebody says that it is over")
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="mass_events", verbose_name=_("topics"))
    lines = models.ManyToManyField(
        TollFreeLine,
        blank=True,
        related_name="mass_events",
        verbose_name=_("lines"),
        help_text=_("At whose calls the desk shows it. None: all"),
    )
    provinces = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("provinces"),
        default=list,
        blank=True,
        help_text=_("Two letters each, with commas, such as CN, AT. Empty: everywhere"),
    )
    phrases = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("words that suggest it"),
        default=list,
        blank=True,
        help_text=_("With commas, such as grandine, chicchi: looked for in the subject and in what was written"),
    )
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.DRAFT)
    declared_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared at"), null=True, blank=True)
    over_at = models.DateTimeField(_("over since"), null=True, blank=True)

    objects = MassEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("mass event")
        verbose_name_plural = _("mass events")
        ordering = ["-begins_at", "-pk"]
        constraints = [
            one_of("state", MassEventState, name="mass_event_state_is_known"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")),
                name="mass_event_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", declared_at__isnull=True, declared_by__isnull=True)
                | ~Q(state="draft") & Q(declared_at__isnull=False, declared_by__isnull=False),
                name="mass_event_declared_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="over", over_at__isnull=False) | ~Q(state="over") & Q(over_at__isnull=True),
                name="mass_event_over_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(words="") & ~Q(guidance=""), name="mass_event_has_its_words"
            ),
        ]
        # Every page of customers asks for the few that are active.
        indexes = [models.Index(fields=["begins_at"], name="mass_event_active", condition=Q(state="active"))]
        triggers = [
            *never_deleted(),
            fixed("mass_event_over_is_over", ["state", "over_at"], once=pgtrigger.Q(old__state="over")),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_words(self) -> str:
        """The words for visitors in the reader's language, where somebody wrote them in it."""
        return in_language(self.words, self.words_en)


class JoinedContactQuerySet(models.QuerySet["JoinedContact"]):
    """Questions asked about the contacts of mass events."""

    def standing(self) -> "JoinedContactQuerySet":
        """Those that were not parted again."""
        return self.filter(parted_at__isnull=True)


class AnswerResult(models.TextChoices):
    """What came of an answer given to many, for one contact."""

    NONE = "", _("none asked for")
    OWED = "owed", _("still to be answered")
    DONE = "done", _("answered")
    LEFT_OUT = "left_out", _("not answered")


class JoinedContact(models.Model):
    """One contact that is about a mass event: who joined it, whether it was parted again and why, how it was answered with the others."""

    Result = AnswerResult

    event = models.ForeignKey(
        MassEvent, models.PROTECT, related_name="joined", verbose_name=_("mass event"), db_index=False
    )
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="joined_to", verbose_name=_("contact"))
    joined_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("joined by"))
    joined_at = models.DateTimeField(_("joined at"))
    parted_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("parted by")
    )
    parted_at = models.DateTimeField(_("parted at"), null=True, blank=True)
    why_parted = models.CharField(_("why it was parted"), max_length=250, blank=True)
    answer = models.ForeignKey(
        "contact_center.MassAnswer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("answer"),
        db_index=False,
    )
    result = models.CharField(
        _("result"), max_length=8, choices=AnswerResult.choices, default=AnswerResult.NONE, blank=True
    )
    why_left_out = models.CharField(_("why it was not answered"), max_length=300, blank=True)

    objects = JoinedContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact of a mass event")
        verbose_name_plural = _("contacts of a mass event")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(parted_at__isnull=True), name="contact_is_of_one_mass_event"
            ),
            models.CheckConstraint(
                condition=Q(parted_at__isnull=True, parted_by__isnull=True, why_parted="")
                | Q(parted_at__isnull=False, parted_by__isnull=False),
                name="joined_contact_parted_by_somebody",
            ),
            one_of("result", AnswerResult, name="joined_contact_result_is_known"),
            models.CheckConstraint(
                condition=Q(result="", answer__isnull=True) | ~Q(result="") & Q(answer__isnull=False),
                name="joined_contact_result_is_of_an_answer",
            ),
        ]
        indexes = [
            # The contacts of an event, newest first.
            models.Index(fields=["event", "-id"], name="joined_contact_of_event"),
            # What a worker has still to answer.
            models.Index(fields=["answer", "id"], name="joined_contact_of_answer", condition=Q(answer__isnull=False)),
        ]
        triggers = [fixed("joined_contact_is_fixed", ["event", "contact", "joined_by", "joined_at"]), *JOINED_MARKS]

    def __str__(self) -> str:
        return f"{self.contact.number}: {self.event}"


class MassAnswerState(models.TextChoices):
    """Where an answer given to many stands."""

    DRAFT = "draft", _("being prepared")
    SENDING = "sending", _("being sent")
    DONE = "done", _("sent")
    WITHDRAWN = "withdrawn", _("withdrawn")


@keep_history()
class MassAnswer(Versioned):
    """One text for all contacts of a mass event that nobody has answered yet, and the code with which they are closed.

    It is written and looked at on real contacts first; once sending began its words are fixed. `joined` rows say what came of
    it for each contact.
    """

    State = MassAnswerState

    event = models.ForeignKey(MassEvent, models.PROTECT, related_name="answers", verbose_name=_("mass event"))
    text = models.TextField(_("answer"))
    text_en = models.TextField(_("answer, in English"))
    code = models.ForeignKey(
        "contact_center.WrapUpCode", models.PROTECT, related_name="+", verbose_name=_("wrap-up code")
    )
    topic = models.ForeignKey(
        Topic,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("topic"),
        help_text=_("Of the contacts that have none yet"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    written_by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("written by"))
    written_at = models.DateTimeField(_("written at"))
    sent_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    begun_at = models.DateTimeField(_("sending began at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer to many")
        verbose_name_plural = _("answers to many")
        ordering = ["-pk"]
        constraints = [
            one_of("state", MassAnswerState, name="mass_answer_state_is_known"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(text_en=""), name="mass_answer_has_its_words"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"], begun_at__isnull=True, sent_by__isnull=True)
                | Q(state__in=["sending", "done"], begun_at__isnull=False, sent_by__isnull=False),
                name="mass_answer_sent_by_somebody",
            ),
            models.CheckConstraint(
                condition=is_among("state", (MassAnswerState.DRAFT, MassAnswerState.SENDING))
                & Q(ended_at__isnull=True)
                | is_among("state", (MassAnswerState.DONE, MassAnswerState.WITHDRAWN)) & Q(ended_at__isnull=False),
                name="mass_answer_ended_has_its_moment",
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(state__in=["draft", "sending"]),
                name="one_mass_answer_at_a_time",
            ),
        ]
        # What a worker has to go on with.
        indexes = [models.Index(fields=["id"], name="mass_answer_sending", condition=Q(state="sending"))]
        triggers = [
            *never_deleted(),
            fixed(
                "mass_answer_words_are_fixed",
                ["event", "text", "text_en", "code", "topic"],
                once=~pgtrigger.Q(old__state="draft"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} ({self.pk})"
