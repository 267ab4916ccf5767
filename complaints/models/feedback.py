"""`Feedback`: opinions about the app and the reserved area. People who write words are harsher than the others."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from contact_center.models import Contact, WebFormRequest
from contact_center.models.dated import ValidOnQuerySet
from customers.models import Customer
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import append_only, fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.naming import NamedInTwoLanguages
from foundation.requests import Reader


class FeedbackSource(models.TextChoices):
    """Where it was given."""

    APP = "app", _("MyVittoria app")
    PORTAL = "portal", _("reserved area")
    SITE = "site", _("site")
    APP_STORE = "app_store", _("App Store")
    GOOGLE_PLAY = "google_play", _("Google Play")


class FeedbackState(models.TextChoices):
    """How far it has come."""

    RECEIVED = "received", _("received")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    ANSWERED = "answered", _("answered")
    CONTACT = "contact", _("became a request")
    COMPLAINT = "complaint", _("became a complaint")
    CLOSED = "closed", _("closed")


class FeedbackOutcome(models.TextChoices):
    """What came of it."""

    OPEN = "", _("not closed yet")
    ANSWERED = "answered", _("answered, nothing else to do")
    CHANGED = "changed", _("something was changed or put right")
    PLANNED = "planned", _("planned for a coming version")
    PASSED_ON = "passed_on", _("passed to the people whose work it is about")
    WENT_ON = "went_on", _("went on as a request or a complaint")
    NOTHING = "nothing", _("nothing to do")
    UNCLEAR = "unclear", _("cannot be interpreted")
    ONLY_STARS = "only_stars", _("a rating without words")
    NOT_RECORDED = "not_recorded", _("dealt with, what came of it was not recorded")


class FeedbackReach(models.TextChoices):
    """Whether there was a way to write to the person when it was given."""

    NOT_RECORDED = "", _("not recorded")
    NONE = "none", _("nobody to write to")
    KNOWN = "known", _("can be written to")


STORES = (FeedbackSource.APP_STORE, FeedbackSource.GOOGLE_PLAY)
UNANSWERED = (FeedbackState.RECEIVED, FeedbackState.ACKNOWLEDGED)
# What a person chooses when closing; the others are set by the program.
CHOSEN_OUTCOMES = (
    FeedbackOutcome.ANSWERED,
    FeedbackOutcome.CHANGED,
    FeedbackOutcome.PLANNED,
    FeedbackOutcome.PASSED_ON,
    FeedbackOutcome.WENT_ON,
    FeedbackOutcome.NOTHING,
    FeedbackOutcome.UNCLEAR,
)


@keep_history()
class FeedbackTheme(NamedInTwoLanguages, models.Model):
    """What an opinion is about. A theme is not deleted but ends on a day; opinions keep the one they have."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name, in English"), max_length=80, blank=True)
    words = models.TextField(
        _("words by which it is suggested"),
        blank=True,
        help_text=_("One or several words a line; used until people have given enough opinions their theme"),
    )
    is_unclear = models.BooleanField(
        _("for what cannot be interpreted"), default=False, help_text=_("Counted as a number of its own")
    )
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme of feedback")
        verbose_name_plural = _("themes of feedback")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="theme_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="theme_has_a_name"),
            models.UniqueConstraint(
                fields=["is_unclear"], condition=Q(is_unclear=True, valid_to__isnull=True), name="one_unclear_theme"
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    def is_valid_on(self, day: date) -> bool:
        """Whether it may be chosen on the day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to >= day)


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Questions asked about feedback."""

    def visible_to(self, user: Reader) -> "FeedbackQuerySet":
        """All for company staff, an agency's own customers', one's own."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def unanswered(self) -> "FeedbackQuerySet":
        """Neither answered, passed on nor closed."""
        return self.filter(state__in=UNANSWERED)

    def answered_not_posted(self) -> "FeedbackQuerySet":
        """Store reviews whose answer is written and does not stand at the store yet."""
        return self.filter(source__in=STORES, answered_at__isnull=False, posted_on__isnull=True)


class Feedback(Versioned):
    """Stars and perhaps words about the app, the reserved area or the site, promotable to a contact or a complaint."""

    Source = FeedbackSource
    State = FeedbackState
    Outcome = FeedbackOutcome
    Reach = FeedbackReach

    STORES = STORES
    UNANSWERED = UNANSWERED
    NEXT = {
        State.RECEIVED: {State.ACKNOWLEDGED, State.ANSWERED, State.CONTACT, State.COMPLAINT, State.CLOSED},
        State.ACKNOWLEDGED: {State.ANSWERED, State.CONTACT, State.COMPLAINT, State.CLOSED},
        State.ANSWERED: {State.CONTACT, State.COMPLAINT, State.CLOSED},
        State.CONTACT: {State.CLOSED},
        State.COMPLAINT: {State.CLOSED},
        State.CLOSED: set(),
    }
    BACK = {
        # The request or the complaint was none
        State.CONTACT: {State.RECEIVED, State.ACKNOWLEDGED, State.ANSWERED},
        State.COMPLAINT: {State.RECEIVED, State.ACKNOWLEDGED, State.ANSWERED},
        # Closed by mistake, or too early
        State.CLOSED: {State.RECEIVED, State.ACKNOWLEDGED, State.ANSWERED, State.CONTACT, State.COMPLAINT},
    }

    source = models.CharField(_("source"), max_length=12, choices=Source.choices)
    external_id = models.CharField(_("key at the source"), max_length=80, blank=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name=_("customer")
    )
    address = models.EmailField(
        _("e-mail address as stated"), blank=True, help_text=_("Of somebody who gave it on the site")
    )
    language = models.CharField(
        _("language"), max_length=2, choices=[("it", _("Italian")), ("en", _("English"))], default="it"
    )
    privacy_version = models.CharField(_("version of the privacy notice shown"), max_length=20, blank=True)
    rating = models.PositiveSmallIntegerField(
        _("rating (1 to 5)"), null=True, blank=True, help_text=_("Empty where a store did not state it")
    )
    text = models.TextField(_("text"), blank=True)
    theme = models.ForeignKey(
        FeedbackTheme, models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name=_("theme")
    )
    platform = models.CharField(_("platform"), max_length=30, blank=True)
    app_version = models.CharField(_("version of the app"), max_length=30, blank=True)
    suspicion = models.CharField(
        _("to be looked at"), max_length=10, choices=WebFormRequest.Suspicion.choices, blank=True
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    due_at = models.DateTimeField(
        _("to be answered by"), null=True, blank=True, help_text=_("By the service target in force when it came")
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.RECEIVED)
    reach = models.CharField(
        _("can be written to"), max_length=5, choices=Reach.choices, default=Reach.NOT_RECORDED, blank=True
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("first answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    posted_on = models.DateField(_("posted at the store on"), null=True, blank=True)
    contact = models.OneToOneField(
        Contact, models.PROTECT, null=True, blank=True, related_name="feedback", verbose_name=_("became the contact")
    )
    complaint = models.OneToOneField(
        Complaint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="feedback",
        verbose_name=_("became the complaint"),
    )
    outcome = models.CharField(
        _("what came of it"), max_length=12, choices=Outcome.choices, default=Outcome.OPEN, blank=True
    )
    outcome_words = models.TextField(_("what came of it, in words"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-received_at", "-pk"]
        permissions = [("view_feedback_figures", "Can view the figures of feedback")]
        constraints = [
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="feedback_rating_range"),
            models.CheckConstraint(
                condition=Q(rating__isnull=False) | is_among("source", STORES), name="feedback_rated_but_at_a_store"
            ),
            one_of("source", FeedbackSource, name="feedback_source_is_known"),
            one_of("state", FeedbackState, name="feedback_state_is_known"),
            one_of("outcome", FeedbackOutcome, name="feedback_outcome_is_known"),
            one_of("suspicion", WebFormRequest.Suspicion, name="feedback_suspicion_is_known"),
            one_of("reach", FeedbackReach, name="feedback_reach_is_known"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True, outcome=""),
                name="feedback_closed_has_moment_and_outcome",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("received_at")), name="feedback_closed_after"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="", answered_by__isnull=True)
                | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="feedback_answered_has_its_text",
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False),
                name="feedback_acknowledged_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False), name="feedback_answered_has_its_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state="contact") | Q(contact__isnull=False), name="feedback_has_its_contact"
            ),
            models.CheckConstraint(
                condition=~Q(state="complaint") | Q(complaint__isnull=False), name="feedback_has_its_complaint"
            ),
            models.CheckConstraint(
                condition=Q(posted_on__isnull=True) | is_among("source", STORES) & Q(answered_at__isnull=False),
                name="feedback_posted_is_an_answer_at_a_store",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="feedback_once_per_source"
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="feedback_newest"),
            # The list of what waits, and its ages
            models.Index(
                fields=["received_at", "id"], name="feedback_unanswered", condition=is_among("state", UNANSWERED)
            ),
            # What the suggestion learns from
            models.Index(fields=["-received_at"], name="feedback_themed", condition=Q(theme__isnull=False)),
        ]
        triggers = [
            *never_deleted(),
            fixed("origin_is_fixed", ["source", "external_id", "received_at"]),
            # At a store people change their reviews; what was given to us remains as it was given.
            fixed(
                "given_is_fixed",
                ["rating", "text"],
                once=pgtrigger.Q(old__source="app")
                | pgtrigger.Q(old__source="portal")
                | pgtrigger.Q(old__source="site"),
            ),
        ]

    def __str__(self) -> str:
        stars = f"{self.rating}/5" if self.rating else "–/5"
        return f"{self.get_source_display()}, {stars}, {timezone.localtime(self.received_at):%d/%m/%Y}"

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names of the customer, if any, by which a text may call them."""
        return self.customer.every_name if self.customer else ()

    @property
    def is_at_a_store(self) -> bool:
        """Whether it is a review at a store: it is answered there, by hand."""
        return self.source in STORES

    @property
    def received_on(self) -> date:
        """The day in Italy on which it was given: that of the complaint or the contact it becomes."""
        return timezone.localdate(self.received_at)

    def can_become(self, state: str) -> bool:
        """Whether the table of states allows it now."""
        return state in self.NEXT[self.State(self.state)]

    def can_go_back_to(self, state: str) -> bool:
        """Whether a slip may be taken back so far."""
        return state in self.BACK.get(self.State(self.state), ())

    @property
    def earlier_state(self) -> str:
        """The state that its facts speak of, for one that is opened again or taken back."""
        if self.complaint_id:
            return self.State.COMPLAINT
        if self.contact_id:
            return self.State.CONTACT
        if self.answered_at:
            return self.State.ANSWERED
        return self.State.ACKNOWLEDGED if self.acknowledged_at else self.State.RECEIVED


class FeedbackEvent(models.Model):
    """One thing that happened to an opinion. Rows are added, never changed, never deleted."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        THEMED = "themed", _("theme chosen")
        ANSWERED = "answered", _("answered")
        POSTED = "posted", _("answer posted at the store")
        CONTACT = "contact", _("became a request")
        COMPLAINT = "complaint", _("became a complaint")
        TAKEN_BACK = "taken_back", _("taken back")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")
        CHANGED = "changed", _("changed at the store")

    feedback = models.ForeignKey(
        Feedback, models.PROTECT, related_name="events", verbose_name=_("feedback"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    notice = models.ForeignKey(
        "notifications.Notice", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("notice")
    )
    details = models.JSONField(_("details"), default=dict, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("feedback event")
        verbose_name_plural = _("feedback events")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["feedback", "at"], name="event_of_feedback")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.feedback}: {self.get_kind_display()}"


class StoreRatings(models.Model):
    """How many ratings a store counted on a day for a version, most of them without a word: counts, not opinions."""

    source = models.CharField(_("store"), max_length=12, choices=[(each.value, each.label) for each in STORES])
    day = models.DateField(_("day"))
    app_version = models.CharField(_("version of the app"), max_length=30, blank=True)
    ones = models.PositiveIntegerField(_("with 1 star"), default=0)
    twos = models.PositiveIntegerField(_("with 2 stars"), default=0)
    threes = models.PositiveIntegerField(_("with 3 stars"), default=0)
    fours = models.PositiveIntegerField(_("with 4 stars"), default=0)
    fives = models.PositiveIntegerField(_("with 5 stars"), default=0)
    loaded_at = models.DateTimeField(_("loaded at"), default=timezone.now)

    BY_STARS = {1: "ones", 2: "twos", 3: "threes", 4: "fours", 5: "fives"}

    class Meta:
        verbose_name = _("ratings counted by a store")
        verbose_name_plural = _("ratings counted by stores")
        ordering = ["-day", "source", "app_version"]
        constraints = [
            models.UniqueConstraint(fields=["source", "day", "app_version"], name="store_ratings_once"),
            one_of("source", STORES, name="store_ratings_are_of_a_store"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {self.day:%d/%m/%Y} {self.app_version}".strip()


class ThemeMeasure(models.Model):
    """How often the suggested theme was the one that a person chose, on opinions later than those it learnt from."""

    measured_at = models.DateTimeField(_("measured at"), default=timezone.now)
    tested_from = models.DateField(_("tested on opinions from"))
    learnt_from = models.PositiveIntegerField(_("opinions it learnt from"))
    tested = models.PositiveIntegerField(_("opinions it was tested on"))
    suggested = models.PositiveIntegerField(_("of these, with a suggestion"))
    right = models.PositiveIntegerField(_("suggestions that were right"))
    commonest_right = models.PositiveIntegerField(_("right by always saying the commonest theme"))

    class Meta:
        verbose_name = _("measure of suggested themes")
        verbose_name_plural = _("measures of suggested themes")
        ordering = ["-measured_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(right__lte=F("suggested"))
                & Q(suggested__lte=F("tested"))
                & Q(commonest_right__lte=F("tested"))
                & Q(tested__gte=1),
                name="theme_measure_adds_up",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.measured_at:%d/%m/%Y}: {self.right}/{self.tested}"
