"""`Contact`: one conversation, by phone or in writing, with its thread and its history."""

import re
import secrets
import uuid
from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.catalogue import Escalation
from customers.models import Claim, Customer, Operation
from customers.models.customer import written_under_the_file_that_remains
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import append_only
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.requests import Reader

from .computed import PersonKey, RomeDate
from .known_person import KnownPerson
from .marks import CONTACT_MARKS
from .organisation import Agent, Team, TollFreeLine
from .serving import Asks, Serves
from .tally import CONTACT_TALLIES
from .topic import Topic

DIGITS_OF_NUMBER = 8  # of C-00071489
ORDER_OF_WORK = ("-priority", "due_at", "pk")  # the most urgent first, and of these what is due first
_WRITTEN_NUMBER = re.compile(r"(?P<mark>c)?[\s-]*(?P<digits>[0-9]{1,18})", re.IGNORECASE | re.ASCII)


class ContactQuerySet(models.QuerySet["Contact"]):
    """Questions asked about contacts."""

    def visible_to(self, user: Reader) -> "ContactQuerySet":
        """Contacts of the customers whose files the user may see; company staff also see those of unknown people.

        What an earlier help desk had is the company's alone until somebody here works on it: an import informs nobody.
        """
        reach = reach_of(user)
        if reach.everything:
            return self
        # What a person asked for as their own affair is not shown, also where somebody has named its customer since.
        private = models.Q(operation__isnull=False, operation__is_private=True)
        untouched = models.Q(past__written_version=F("version"))
        return self.filter(reach.over(customer="customer", agency="customer__agency")).exclude(private | untouched)

    def for_list(self) -> "ContactQuerySet":
        """With what a list of contacts shows."""
        return self.select_related("line", "customer", "person", "topic", "agent", "owner", "team")

    def with_number(self, text: str) -> "ContactQuerySet":
        """The contact of a number: C-00071489, c 71489 or 71489."""
        written = _WRITTEN_NUMBER.fullmatch(text.strip())
        return self.filter(pk=int(written["digits"])) if written else self.none()

    def begins_with_number(self, text: str) -> "ContactQuerySet":
        """Those whose number begins so and goes on, where it has its C: C-00071 is of C-00071489."""
        written = _WRITTEN_NUMBER.fullmatch(text.strip())
        if written is None or not written["mark"] or not int(written["digits"]):
            return self.none()
        begun, further = int(written["digits"]), 10 ** max(0, DIGITS_OF_NUMBER - len(written["digits"]))
        return self.filter(pk__gte=begun * further, pk__lt=(begun + 1) * further).exclude(pk=begun)

    def open(self) -> "ContactQuerySet":
        """Still waiting for somebody. Said as the partial indexes of the queue say it, or these could not serve."""
        return self.filter(state__in=Contact.OPEN_STATES)

    def in_order_of_work(self) -> "ContactQuerySet":
        """The most urgent first, and of these what is due first: the order of the queue and of “Take the next”."""
        return self.order_by(*ORDER_OF_WORK)

    def about_claims(self) -> "ContactQuerySet":
        """The conversations on claims: neither calls about one, nor what is asked about one as an operation."""
        return self.filter(claim__isnull=False, operation__isnull=True).exclude(channel=Contact.Channel.PHONE)

    def to_code(self) -> "ContactQuerySet":
        """Calls that were answered and have still to get their code. As the index of the desk has it."""
        phone, state = Contact.Channel.PHONE, Contact.State.IN_PROGRESS
        calls = self.filter(channel=phone, state=state, wrap_up__isnull=True)
        return calls.filter(direction=Contact.Direction.INBOUND)

    def in_hand_of(self, agent: Agent) -> "ContactQuerySet":
        """What the agent has to work on: theirs and open, less what waits for the customer."""
        return self.open().filter(owner=agent).exclude(state=Contact.State.WAITING)

    def in_known_language(self) -> "ContactQuerySet":
        """With `language`: the one spoken on the line, else that in which the form was filled in, else the customer's; empty."""
        written = (NullIf("line__language", Value("")), "web_form__language", "customer__language", Value(""))
        return self.annotate(language=Coalesce(*written, output_field=models.CharField()))

    def that_suit(self, serves: Serves, asks: Asks) -> "ContactQuerySet":
        """Those of which the agent lacks nothing, as `serving.lacks` has it, whatever team they are of."""
        of_others = [line for line, each in asks.lines.items() if each.teams and serves.team not in each.teams]
        closed = [
            line
            for line, each in asks.lines.items()
            if (each.skill is not None and each.skill not in serves.skills)
            or (each.language and serves.languages and each.language not in serves.languages)
        ]
        found = self.exclude(topic__in=[pk for pk, skill in asks.topics.items() if skill not in serves.skills])
        found = found.exclude(line__in=closed)
        if of_others:
            theirs = Q(team=serves.team) if serves.team is not None else Q(pk__in=[])
            found = found.filter(Q(line__isnull=True) | ~Q(line__in=of_others) | theirs)
        if serves.lines:
            found = found.filter(Q(line__isnull=True) | Q(line__in=serves.lines))
        if serves.languages:
            spoken = [line for line, each in asks.lines.items() if each.language]
            # Asked row by row: as EXISTS the planner would read all forms and customers at once, for the sake of one contact.
            form = WebFormRequest.objects.filter(contact=OuterRef("pk")).order_by().values("language")[:1]
            person = Customer.objects.filter(pk=OuterRef("customer")).order_by().values("language")[:1]
            written_in = Coalesce(Subquery(form), Subquery(person), Value(""))
            understood = Q(line__in=spoken) | Q(written_in__in=["", *serves.languages])
            return found.alias(written_in=written_in).filter(understood)
        return found

    def overdue(self, now: datetime) -> "ContactQuerySet":
        """Open past the time they were due."""
        return self.open().filter(due_at__lt=now)

    def not_resolved_says_customer(self) -> "ContactQuerySet":
        """Open again because the customer answered that it was not resolved. As the index of the queue has it."""
        return self.open().filter(confirmed=False)

    def to_follow_up(self, today: date) -> "ContactQuerySet":
        """Open, and to be taken up again today or since. As the index of the queue has it."""
        return self.open().filter(follow_up_on__isnull=False, follow_up_on__lte=today)

    def not_coded(self) -> "ContactQuerySet":
        """Closed without anybody having recorded what came of it."""
        return self.filter(state=Contact.State.CLOSED, outcome=Contact.Outcome.NOT_CODED)


class ContactChannel(models.TextChoices):
    """The ways in which people come to us."""

    PHONE = "phone", _("phone")
    SITE_FORM = "site_form", _("site form")
    PORTAL = "portal", _("reserved area")
    APP = "app", _("app")
    EMAIL = "email", _("e-mail")
    POST = "post", _("post")
    VISIT = "visit", _("visit")


SPOKEN = (ContactChannel.PHONE, ContactChannel.VISIT)  # nothing was written to begin with


class ContactDirection(models.TextChoices):
    """Who turned to whom. A contact that we began is nobody's coming to us: it counts in no figure."""

    INBOUND = "inbound", _("from the customer")
    OUTBOUND = "outbound", _("from us")


class ContactState(models.TextChoices):
    """Where a contact stands: who has to do something next."""

    OPEN = "open", _("to be taken")
    IN_PROGRESS = "in_progress", _("in progress")
    WAITING = "waiting", _("waiting for the customer")
    CLOSED = "closed", _("closed")


OPEN_STATES = (ContactState.OPEN, ContactState.IN_PROGRESS, ContactState.WAITING)


class ContactOutcome(models.TextChoices):
    """What came of a contact."""

    NOT_CODED = "", _("not coded")
    RESOLVED = "resolved", _("resolved")
    UNRESOLVED = "unresolved", _("not resolved")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    DROPPED = "dropped", _("line dropped")
    WITHDRAWN = "withdrawn", _("taken back by the customer")
    JOINED = "joined", _("joined to another contact")  # which counts in its place
    NOT_KNOWN = "not_known", _("outcome not known")  # of an earlier system, which did not keep it


# Nobody was served, or another contact counts in its place: these count in no figure.
NOT_A_CONTACT = (
    ContactOutcome.WRONG_NUMBER,
    ContactOutcome.DROPPED,
    ContactOutcome.WITHDRAWN,
    ContactOutcome.JOINED,
)
# Whoever came to us, and was served: `in_base`, from which the figures take what they count.
IN_BASE = Q(direction="inbound") & ~is_among("outcome", NOT_A_CONTACT)


class Priority(models.IntegerChoices):
    """How urgent an open contact is. Above normal it comes before all that is less urgent, whatever is due when."""

    NORMAL = 0, _("normal")
    HIGH = 1, _("high")
    URGENT = 2, _("urgent")


class PriorityReason(models.TextChoices):
    """Why a contact is more urgent than others. `contact_center.contacts.priority` has the rules, and their sources."""

    INJURED = "injured", _("people were hurt")
    TERM = "term", _("the term of the law for the offer is near")
    COMPLAINT = "complaint", _("it may be a complaint")
    CARE = "care", _("the customer needs particular attention")
    CAME_BACK = "came_back", _("the customer came back: it was not resolved")
    LONG_WAIT = "long_wait", _("waiting for long without an answer")


# Begins what stands in place of an address that was forgotten (contact_center/privacy.py)
FORGOTTEN = "forgotten:"
# Contacts that say nothing about anybody any more: they remain because the figures count them.
EMPTIED_CONTACT = Q(subject="", notes="", operation__isnull=True, claim__isnull=True, person__isnull=True) & (
    Q(address="") | Q(address__startswith=FORGOTTEN)
)


@keep_history(exclude=["day", "first_level", "in_base", "handled", "person_key", "repeated_on"])
class Contact(Versioned):
    """A conversation with a customer on any channel, resolved at first level or escalated.

    `level` is the highest level that had to act; `outcome` what came of it. First level is about escalation, repeats
    (`repeated_on`) are about having to come back: two questions, two figures. One that we began (`direction`) counts in neither.
    """

    Channel = ContactChannel
    Direction = ContactDirection

    class Kind(models.TextChoices):
        REQUEST = "request", _("request")
        CONSIDERATION = "consideration", _("consideration")
        CLAIM_REPORT = "claim_report", _("claim report")
        FEEDBACK = "feedback", _("feedback")

    State = ContactState
    Outcome = ContactOutcome
    Escalation = Escalation  # with the figures, which count by it

    Priority = Priority
    PriorityReason = PriorityReason

    OPEN_STATES = OPEN_STATES
    LEVELS = [(1, _("first level")), (2, _("second level"))]
    NEXT = {
        State.OPEN: {State.IN_PROGRESS, State.CLOSED},
        State.IN_PROGRESS: {State.OPEN, State.WAITING, State.CLOSED},
        State.WAITING: {State.OPEN, State.IN_PROGRESS, State.CLOSED},
        State.CLOSED: {State.OPEN, State.IN_PROGRESS},
    }

    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    direction = models.CharField(
        _("direction"),
        max_length=8,
        choices=Direction.choices,
        default=Direction.INBOUND,
        db_default=Direction.INBOUND.value,
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.REQUEST)
    line = models.ForeignKey(
        TollFreeLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("line"),
        db_index=False,
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("customer"),
        db_index=False,
    )
    person = models.ForeignKey(
        KnownPerson,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("known person"),
        db_index=False,
        help_text=_("Who it was, where that is no customer"),
    )
    address = models.CharField(_("number or address"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("topic"), db_index=False
    )
    agent = models.ForeignKey(
        Agent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("answered by"),
        db_index=False,
    )
    owner = models.ForeignKey(
        Agent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_contacts",
        verbose_name=_("owner"),
        db_index=False,
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("team"), db_index=False
    )
    continues = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name=_("continues"),
        db_index=False,
    )
    operation = models.ForeignKey(
        Operation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("operation"),
        db_index=False,
        help_text=_("What the customer asked to have done, where a person must act"),
    )
    claim = models.ForeignKey(
        Claim,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("claim"),
        db_index=False,
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=LEVELS, default=1)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.NOT_CODED, blank=True
    )
    escalation = models.CharField(
        _("why not at first level"), max_length=12, choices=Escalation.choices, default=Escalation.NONE, blank=True
    )
    state = models.CharField(_("state"), max_length=11, choices=State.choices, default=State.OPEN)
    wrap_up = models.ForeignKey(
        "contact_center.WrapUpCode",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wrap-up code"),
        db_index=False,
    )
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction (1 to 5)"), null=True, blank=True)
    confirmed = models.BooleanField(_("resolved, says the customer"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    follow_up_on = models.DateField(
        _("to be taken up again on"), null=True, blank=True, help_text=_("Only while it is open")
    )
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL, db_default=Priority.NORMAL.value
    )
    priority_reasons = ArrayField(
        models.CharField(max_length=10, choices=PriorityReason.choices),
        verbose_name=_("why it is urgent"),
        default=list,
        db_default=[],
        blank=True,
    )
    priority_by_hand = models.PositiveSmallIntegerField(
        _("priority set by a person"),
        choices=Priority.choices,
        null=True,
        blank=True,
        help_text=_("Stands in place of what follows from the rules, until it is taken away or the contact is closed"),
    )
    sent_back_count = models.PositiveSmallIntegerField(_("times sent back"), default=0, db_default=0)

    day = models.GeneratedField(expression=RomeDate(F("started_at")), output_field=models.DateField(), db_persist=True)
    first_level = models.GeneratedField(
        expression=Q(direction="inbound") & Q(level=1) & Q(outcome="resolved") & Q(reopened_count=0),  # type: ignore[arg-type]  # Q is an expression, which the stubs do not know
        output_field=models.BooleanField(),
        db_persist=True,
    )
    in_base = models.GeneratedField(
        expression=IN_BASE,  # type: ignore[arg-type]  # Q is an expression, which the stubs do not know
        output_field=models.BooleanField(),
        db_persist=True,
    )
    handled = models.GeneratedField(
        expression=IN_BASE  # type: ignore[arg-type]  # as above
        & (Q(state="closed") | Q(level=2) | ~Q(outcome="")),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    person_key = models.GeneratedField(
        expression=PersonKey(), output_field=models.TextField(null=True), db_persist=True
    )
    repeated_on = models.DateField(
        _("came back on"),
        null=True,
        blank=True,
        editable=False,
        help_text=_(
            "Day of the same person's next contact about the same area; kept by contact_center.contacts.repeats"
        ),
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="phone", line__isnull=False)
                | Q(channel="phone", direction="outbound")
                | Q(~Q(channel="phone"), line__isnull=True),
                name="contact_has_a_line_if_by_phone",
            ),
            one_of("channel", ContactChannel, name="contact_channel_is_known"),
            one_of("direction", ContactDirection, name="contact_direction_is_known"),
            one_of("escalation", Escalation, name="contact_escalation_is_known"),
            models.CheckConstraint(condition=Q(level__in=[1, 2]), name="contact_level_is_one_or_two"),
            one_of("outcome", ContactOutcome, name="contact_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(level=1, escalation="") | (Q(level=2) & ~Q(escalation="")),
                name="contact_escalated_says_why",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) & is_among("state", OPEN_STATES)
                | Q(state="closed", closed_at__isnull=False),
                name="contact_closed_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
                name="contact_satisfaction_range",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("started_at")),
                name="contact_closed_after_start",
            ),
            models.UniqueConstraint(
                fields=["operation"], condition=Q(operation__isnull=False), name="one_contact_per_operation"
            ),
            models.CheckConstraint(
                condition=Q(follow_up_on__isnull=True) | is_among("state", OPEN_STATES),
                name="contact_follow_up_while_open",
            ),
            models.CheckConstraint(condition=Q(priority__in=[0, 1, 2]), name="contact_priority_is_known"),
            models.CheckConstraint(
                condition=Q(priority_reasons__contained_by=PriorityReason.values),
                name="contact_priority_reasons_are_known",
            ),
            # By hand it is what the person set; otherwise nothing is urgent without a reason.
            models.CheckConstraint(
                condition=Q(priority_by_hand__isnull=False, priority=F("priority_by_hand"))
                | (Q(priority_by_hand__isnull=True) & (Q(priority=0) | ~Q(priority_reasons=[]))),
                name="contact_priority_says_why",
            ),
            models.CheckConstraint(
                condition=Q(priority=0, priority_by_hand__isnull=True) | is_among("state", OPEN_STATES),
                name="contact_priority_while_open",
            ),
            # A call about a claim, and what is asked about it as an operation, stand beside its conversation.
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(claim__isnull=False, operation__isnull=True)
                & ~Q(channel="phone")
                & is_among("state", OPEN_STATES),
                name="one_open_conversation_per_claim",
            ),
        ]
        indexes = [
            # The lists behind the figures, newest first.
            models.Index(fields=["-started_at", "-id"], name="contact_newest"),
            # What is forgotten each night: a day of it, among years of contacts that were emptied.
            models.Index(fields=["started_at"], name="contact_to_forget", condition=~EMPTIED_CONTACT),
            models.Index(fields=["topic", "-started_at", "-id"], name="contact_of_topic"),
            models.Index(
                fields=["agent", "-started_at", "-id"], name="contact_of_agent", condition=Q(agent__isnull=False)
            ),
            models.Index(
                fields=["-started_at", "-id"],
                name="contact_not_first_level",
                condition=Q(first_level=False, handled=True),
            ),
            models.Index(
                fields=["-started_at", "-id"], name="contact_repeated", condition=Q(repeated_on__isnull=False)
            ),
            # The daily counts of one day, and the repeats of one person.
            models.Index(fields=["day"], name="contact_day"),
            models.Index(
                fields=["person_key", "started_at", "id"],
                name="contact_of_person",
                condition=Q(person_key__isnull=False),
            ),
            # "Which contacts came from this number or address", whoever was named since.
            models.Index(Lower("address"), name="contact_came_from", condition=~Q(address="")),
            # A customer's file.
            models.Index(
                fields=["customer", "-started_at"], name="contact_of_customer", condition=Q(customer__isnull=False)
            ),
            # The card of somebody who is no customer.
            models.Index(
                fields=["person", "-started_at"], name="contact_of_known_person", condition=Q(person__isnull=False)
            ),
            # The few that somebody owns, or that go on from an earlier one: a full index would hold millions of nothings.
            models.Index(fields=["owner"], name="contact_of_owner", condition=Q(owner__isnull=False)),
            # An agent's desk: the calls that the agent has still to code.
            models.Index(
                fields=["owner", "id"],
                name="contact_to_code",
                condition=Q(channel="phone", state="in_progress", wrap_up__isnull=True),
            ),
            models.Index(fields=["continues"], name="contact_continues", condition=Q(continues__isnull=False)),
            # What was said about a claim.
            models.Index(fields=["claim"], name="contact_of_claim", condition=Q(claim__isnull=False)),
            # The one queue, in the order of work.
            models.Index(
                fields=["team", "-priority", "due_at", "id"],
                name="contact_queue",
                condition=is_among("state", OPEN_STATES),
            ),
            models.Index(
                fields=["-priority", "due_at", "id"], name="contact_work", condition=is_among("state", OPEN_STATES)
            ),
            # "Take the next": those that nobody has, however many others have.
            models.Index(
                fields=["-priority", "due_at", "id"],
                name="contact_to_take",
                condition=Q(state="open", owner__isnull=True),
            ),
            # What is late: how many, and which terms come next.
            models.Index(fields=["due_at", "id"], name="contact_due", condition=is_among("state", OPEN_STATES)),
            # The same, of one owner, channel, level or topic, and of those who wait for the customer: the tabs and
            # filters of the queue. They hold open contacts alone, so the years of closed ones weigh nothing.
            *(
                models.Index(
                    fields=[field, "-priority", "due_at", "id"],
                    name=f"contact_due_of_{field}",
                    condition=is_among("state", OPEN_STATES),
                )
                for field in ("owner", "channel", "level", "topic")
            ),
            models.Index(
                fields=["-priority", "due_at", "id"], name="contact_due_waiting", condition=Q(state="waiting")
            ),
            # Those whose customer said that it was not resolved: a tab of the queue.
            models.Index(
                fields=["-priority", "due_at", "id"],
                name="contact_due_not_resolved",
                condition=is_among("state", OPEN_STATES) & Q(confirmed=False),
            ),
            # Those to be taken up again, by their day: a tab of the queue.
            models.Index(
                fields=["follow_up_on", "due_at", "id"],
                name="contact_follow_up",
                condition=is_among("state", OPEN_STATES) & Q(follow_up_on__isnull=False),
            ),
            # The list behind the cases that the second level sent back, newest first.
            models.Index(fields=["-started_at", "-id"], name="contact_sent_back", condition=Q(sent_back_count__gt=0)),
            # Closed and not coded, newest first: a tab of the queue and a figure of the first page.
            models.Index(
                fields=["-started_at", "-id"], name="contact_not_coded", condition=Q(state="closed", outcome="")
            ),
            # All contacts of one written channel, newest first (by phone, the newest of all are as good).
            models.Index(
                fields=["channel", "-started_at", "-id"],
                name="contact_written_newest",
                condition=~Q(channel="phone"),
            ),
            # All contacts of one team, newest first.
            models.Index(
                fields=["team", "-started_at", "-id"], name="contact_of_team", condition=Q(team__isnull=False)
            ),
        ]
        permissions = [("assign_contact", _("Can give a contact to another agent"))]
        triggers = [*CONTACT_MARKS, *CONTACT_TALLIES, written_under_the_file_that_remains("customer_id")]

    def __str__(self) -> str:
        return self.number

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names of the person that a text of the contact may have in it."""
        name = self.stated_name
        stated = (name, *name.split()) if name else ()
        return (*(self.customer.every_name if self.customer else ()), *stated)

    @property
    def began_in_writing(self) -> bool:
        """Whether the first thing in it is what the person wrote: neither said, nor begun by us."""
        return self.channel not in SPOKEN and self.direction == ContactDirection.INBOUND

    @property
    def stated_name(self) -> str:
        """The name on the card of a known person, or by which a writer or the sender of a letter calls themselves; or nothing."""
        if self.person_id is not None and self.person is not None:
            return self.person.name
        stated = getattr(self, "web_form", None) or getattr(self, "entry", None)
        return stated.name if stated is not None else ""

    @property
    def number(self) -> str:
        """The number a person quotes, such as C-00071489."""
        return _number(self.pk)

    @property
    def continues_number(self) -> str:
        """The number of the contact that this one goes on from, or nothing."""
        return _number(self.continues_id) if self.continues_id else ""


def _number(pk: int | None) -> str:
    return f"C-{pk:0{DIGITS_OF_NUMBER}d}" if pk else "C-?"


class PublicForm(models.TextChoices):
    """The public form that was used."""

    OPEN = "open", _("open request")
    GUIDED = "guided", _("guided request")
    CONSIDERATION = "consideration", _("consideration")


class Suspicion(models.TextChoices):
    """Why a request looks as if a machine had written it."""

    NONE = "", _("nothing strange")
    LINKS = "links", _("many links")
    REPETITION = "repetition", _("the same again and again")


class WebFormRequest(models.Model):
    """What a written request carried beyond its text: the form, the writer's statements about themselves, the tracking secret."""

    Form = PublicForm
    Suspicion = Suspicion

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="web_form", verbose_name=_("contact"))
    form = models.CharField(_("form"), max_length=15, choices=Form.choices)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    tax_code = models.CharField(_("tax code"), max_length=16, blank=True)
    policy_number = models.CharField(_("policy number"), max_length=30, blank=True)
    answers = models.JSONField(
        _("answers to the guided questions"),
        default=list,
        blank=True,
        help_text=_("In the order asked: code, label as shown, kind, value, and the answer as a person reads it"),
    )
    language = models.CharField(_("language"), max_length=2, default="it")
    submission_key = models.UUIDField(_("key of the submission"), unique=True)
    tracking_digest = models.CharField(_("digest of the tracking secret"), max_length=64, unique=True)
    privacy_version = models.CharField(_("version of the privacy notice shown"), max_length=20)
    suspicion = models.CharField(_("to be looked at"), max_length=10, choices=Suspicion.choices, blank=True)

    class Meta:
        verbose_name = _("written request")
        verbose_name_plural = _("written requests")
        constraints = [
            one_of("form", PublicForm, name="web_form_is_known"),
            one_of("suspicion", Suspicion, name="web_form_suspicion_is_known"),
        ]
        indexes = [
            # "Which requests carried this address, this number."
            models.Index(Lower("email"), name="web_form_email"),
            models.Index(fields=["phone"], name="web_form_phone", condition=~Q(phone="")),
        ]

    def __str__(self) -> str:
        return self.contact.number


class MessageDirection(models.TextChoices):
    """Who wrote to whom."""

    INBOUND = "inbound", _("from the customer")
    OUTBOUND = "outbound", _("to the customer")
    NOTE = "note", _("internal note")


class Message(models.Model):
    """One piece of a written thread. An internal note never leaves the house."""

    Direction = MessageDirection

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="messages", verbose_name=_("contact"), db_index=False
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction.choices)
    author = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("text"))
    sent_to = models.EmailField(
        _("sent to"),
        max_length=254,
        blank=True,
        db_default="",
        default="",
        help_text=_("The address an answer went to, where the contact came from one that is not the customer's"),
    )
    external_id = models.CharField(_("Message-ID"), max_length=250, blank=True)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="message_has_text"),
            one_of("direction", MessageDirection, name="message_direction_is_known"),
            models.UniqueConstraint(
                fields=["contact", "external_id"], condition=~Q(external_id=""), name="message_once_per_contact"
            ),
        ]
        indexes = [models.Index(fields=["contact", "written_at"], name="message_of_contact")]

    def __str__(self) -> str:
        return f"{self.contact.number} – {self.written_at:%d/%m/%Y %H:%M}"


def stored_under(_attachment: "MessageAttachment", _name: str) -> str:
    """Where a file is kept: a random name of ours, in a folder per month. Nothing of the sender's name is in it."""
    return f"messages/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}"


class MessageAttachment(models.Model):
    """A file that came or went with a message. It is kept out of every public folder; `foundation.files.keeping` hands it out."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments", verbose_name=_("message"))
    name = models.CharField(_("file name"), max_length=120, help_text=_("As the sender called it, cleaned"))
    content_type = models.CharField(_("type"), max_length=80, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)

    class Meta:
        verbose_name = _("attachment of a message")
        verbose_name_plural = _("attachments of a message")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="message_attachment_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="message_attachment_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where staff and signed-in customers fetch it; a person who holds a tracking secret has an address of their own."""
        return reverse("attachment", args=[self.key])


class ContactEvent(models.Model):
    """One thing that happened to a contact. Rows are added, never changed."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        TAKEN = "taken", _("taken")
        ASSIGNED = "assigned", _("assigned")
        RELEASED = "released", _("put back")
        REPLIED = "replied", _("replied")
        RECEIVED = "received", _("the customer wrote")
        PAUSED = "paused", _("waiting for the customer")
        RESUMED = "resumed", _("no longer waiting")
        ESCALATED = "escalated", _("escalated")
        SENT_BACK = "sent_back", _("handed back")
        CODED = "coded", _("coded")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        CORRECTED = "corrected", _("corrected")
        CONFIRMED = "confirmed", _("the customer said whether it was resolved")
        COMPLAINT = "complaint", _("registered as a complaint")
        CLAIM = "claim", _("reported as a claim")
        IDENTIFIED = "identified", _("person confirmed")
        AGREED = "agreed", _("hour of a call-back agreed")
        TRIED = "tried", _("called, without an answer")
        CALLING = "calling", _("being called back")
        CALLED_OFF = "called_off", _("call-back called off")
        NOTED = "noted", _("noted in an earlier system")
        FOLLOW_UP = "follow_up", _("reminder")
        JOINED = "joined", _("joined")
        PARTED = "parted", _("parted again")
        PRIORITY = "priority", _("priority")

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="events", verbose_name=_("contact"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    details = models.JSONField(_("details"), default=dict, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("contact event")
        verbose_name_plural = _("contact events")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["contact", "at"], name="event_of_contact")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.contact.number}: {self.get_kind_display()}"
