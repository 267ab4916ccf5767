"""`Complaint`: an entry of the register that ISVAP Regulation 24/2008 asks for. No row is ever deleted."""

import re
from datetime import date

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.code import NO_SUCH_REASON, CodeField, CodeList, CodesField
from complaints.terms import ANSWER_DAYS, SUSPENSION_DAYS
from contact_center.models import Contact
from customers.models import Agency, Claim, Customer, Policy
from customers.models.customer import written_under_the_file_that_remains
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import Guard, append_only, fixed, never_deleted
from foundation.history import keep_history
from foundation.models import NumberedYear, Versioned
from foundation.numbers import whole_number
from foundation.requests import Reader

# The words of a complaint without their endings, as the index has them.
WORDS = SearchVector("subject", "text", config="italian")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


# The words of an answered complaint, and the answer. The classification, which the register may have to put right,
# is not among it; the days of receipt have a rule of their own below.
FIXED_BY_THE_ANSWER = (
    "contact",
    "complainant_name",
    "tax_code",
    "reference",
    "intermediary_stated",
    "subject",
    "text",
    "suspended_days",
    "state",
    "outcome",
    "answer",
    "reasons",
    "answered_at",
    "submission_key",
)


class AnswerDueOn(Func):
    """45 calendar days from the earlier receipt, later by the days the clock stood still (arts. 8 and 10-ter).

    The day of receipt is not counted, and no holiday moves the term. LEAST passes over an unknown date.
    """

    template = f"LEAST(received_on, received_by_intermediary_on) + {ANSWER_DAYS} + suspended_days"
    output_field = models.DateField()


class _Days(Func):
    """Days from the second day to the first; none when it is later."""

    template = "GREATEST(0, %(expressions)s)"
    arg_joiner = " - "
    output_field = models.IntegerField()


def term_on(today: date) -> Func:
    """`due_on`, and while the clock stands still also the days it has stood still so far.

    The rule is `terms.answer_due_on`; this is the same in SQL.
    """
    standing = Suspension.objects.filter(
        complaint=OuterRef("pk"), ended_on__isnull=True, started_on__lte=OuterRef("due_on")
    )
    # Days that an earlier suspension has counted already are not counted again: the open one began last.
    counted = Suspension.objects.filter(complaint=OuterRef("complaint"), ended_on__isnull=False)
    counted_until = Subquery(counted.order_by("-ended_on").values("ended_on")[:1])
    since = Greatest(F("started_on"), Coalesce(counted_until, F("started_on")))
    so_far = Coalesce(Subquery(standing.values(days=_Days(Value(today), since))[:1]), 0)
    more = Func(so_far, SUSPENSION_DAYS - F("suspended_days"), function="LEAST")
    days = Case(When(state=Complaint.State.SUSPENDED, then=more), default=0)
    return Func(F("due_on"), days, template="(%(expressions)s)", arg_joiner=" + ", output_field=models.DateField())


MOST_DIGITS = 6  # of a number in its year
_WRITTEN_NUMBER = re.compile(
    rf"(?P<year>[0-9]{{4}})[\s/.-]*0*(?P<sequence>[1-9][0-9]{{0,{MOST_DIGITS - 1}}})", re.ASCII
)


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """Questions asked about complaints."""

    def visible_to(self, user: Reader) -> "ComplaintQuerySet":
        """Complaints within the user's reach: all for company staff, an agency's own customers', one's own.

        An entry of a past register is the company's alone until somebody takes it over: nobody else was informed of it.
        """
        reach = reach_of(user)
        if reach.everything:
            return self
        ours = Q(old_number="") | Q(handler__isnull=False)
        return self.filter(ours, reach.over(customer="customer", agency="customer__agency"))

    def open(self) -> "ComplaintQuerySet":
        """Not yet answered, withdrawn or cancelled."""
        return self.filter(state__in=Complaint.OPEN_STATES)

    def running(self) -> "ComplaintQuerySet":
        """Complaints whose clock runs: received, under review, or suspended when the term was over already."""
        void = Suspension.objects.filter(
            complaint=OuterRef("pk"), ended_on__isnull=True, started_on__gt=OuterRef("due_on")
        )
        examined = Q(state__in=[Complaint.State.RECEIVED, Complaint.State.UNDER_REVIEW])
        return self.open().filter(examined | Q(state=Complaint.State.SUSPENDED) & Exists(void))

    def numbered(self) -> "ComplaintQuerySet":
        """Entries under numbers of our own: all but those of past registers."""
        return self.filter(year__isnull=False)

    def with_number(self, text: str) -> "ComplaintQuerySet":
        """Those that a number names: 2026/17 the one of ours, “prec. 103” all that had it in a past register, the latest first.

        Lists show all of them; a form that needs one asks `complaints.by_number`.
        """
        text = text.strip()
        if text.startswith(OLD_NUMBER_MARK):
            old_number = text.removeprefix(OLD_NUMBER_MARK).strip()
            return self.exclude(old_number="").filter(old_number__iexact=old_number).order_by("-received_on", "-pk")
        year, _slash, sequence = (whole_number(part.strip(), most_digits=9) for part in text.partition("/"))
        if year is None or sequence is None:
            return self.none()
        return self.filter(year=year, sequence=sequence)

    def with_words(self, words: list[str]) -> "ComplaintQuerySet":
        """Those in whose subject or text each word stands, in any form of it, or a word that begins so; words of letters alone."""
        asked = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="italian")
        return self.alias(_words=WORDS).filter(_words=asked)

    def begins_with_number(self, text: str) -> "ComplaintQuerySet":
        """Those of ours whose number begins so, however it is written: 2026/17, 2026 17, 202617; 2026/1 is of 2026/17 as well."""
        written = _WRITTEN_NUMBER.fullmatch(text.strip())
        if written is None:
            return self.none()
        begun, further = int(written["sequence"]), Q()
        for digits in range(MOST_DIGITS - len(written["sequence"]) + 1):
            further |= Q(sequence__range=(begun * 10**digits, (begun + 1) * 10**digits - 1))
        return self.filter(further, year=int(written["year"]))

    def counted(self) -> "ComplaintQuerySet":
        """The entries that count: all but the cancelled ones, which remain in the register."""
        return self.exclude(state=Complaint.State.CANCELLED)

    def with_term(self, today: date) -> "ComplaintQuerySet":
        """With `term_on`, as `term_on` works it out, for lists and counts."""
        return self.annotate(term_on=term_on(today))

    def due_by(self, day: date, *, today: date | None = None) -> "ComplaintQuerySet":
        """Complaints whose answer is due on the day or before, as the clocks stand today."""
        today = today or timezone.localdate()
        # The stored day is never later than the term: it is what the index knows.
        return self.filter(due_on__lte=day).with_term(today).filter(Q(term_on__lte=day))


class RegisterYear(NumberedYear):
    """The last number given in a year. Its row is locked while a complaint is registered: no number is missing."""

    class Meta(NumberedYear.Meta):
        verbose_name = _("year of the register")
        verbose_name_plural = _("years of the register")


class ComplaintState(models.TextChoices):
    """How far a complaint has come."""

    RECEIVED = "received", _("received")
    UNDER_REVIEW = "under_review", _("under review")
    SUSPENDED = "suspended", _("suspended")
    ANSWERED = "answered", _("answered")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CANCELLED = "cancelled", _("cancelled")
    PAST_OPEN = "past_open", _("open in the past register")


# Those that a complainant meets: an entry of a past register is not shown to anybody outside until it is taken over.
SHOWN_STATES = [(word, label) for word, label in ComplaintState.choices if word != ComplaintState.PAST_OPEN]
OPEN_STATES = (ComplaintState.RECEIVED, ComplaintState.UNDER_REVIEW, ComplaintState.SUSPENDED)


class ComplaintOutcome(models.TextChoices):
    """The answer, in the register's categories: the words. What they are called is data (`Code`)."""

    OPEN = ""
    UPHELD = "upheld"
    UPHELD_IN_PART = "in_part"
    SETTLED = "settled"
    REJECTED = "rejected"


# The columns that hold a code, and its list; the reasons are several, in a column of their own.
CODED = {
    "area": CodeList.AREA,
    "product": CodeList.PRODUCT,
    "complainant_kind": CodeList.COMPLAINANT,
    "proposer_kind": CodeList.PROPOSER,
    "received_by": CodeList.CHANNEL,
    "outcome": CodeList.OUTCOME,
    "not_treatable_cause": CodeList.NOT_TREATABLE,
    "intermediary_kind": CodeList.INTERMEDIARY,
    "distribution": CodeList.DISTRIBUTION,
    "value_band": CodeList.VALUE_BAND,
    "cancelled_as": CodeList.CANCELLED,
}


LONGEST_OLD_NUMBER = 60
OLD_NUMBER_MARK = "prec."  # before an old number, so that nobody takes it for one of ours

# Causes of cancellation that rules know: what the sender is informed of follows from each. Further ones are data.
DOUBLE, REQUEST, SPAM = "double", "request", "spam"
AGENT = "agent"  # type of intermediary: section A of the register of intermediaries (RUI)


def codes_exist() -> pgtrigger.Trigger:
    """A complaint holds only words that their lists have: what a foreign key would be, for words."""
    asked = "".join(
        f"IF NEW.{column} <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = '{code_list.value}' "
        f"AND word = NEW.{column}) THEN RAISE EXCEPTION 'There is no code %% in the list {code_list.value}', "
        f"NEW.{column} USING ERRCODE = 'foreign_key_violation'; END IF; ".replace("%%", "%")
        for column, code_list in CODED.items()
    )
    asked += NO_SUCH_REASON
    return pgtrigger.Trigger(
        name="codes_exist",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*CODED, "reason_codes"),
        when=pgtrigger.Before,
        func=f"{asked}RETURN NEW;",
    )


@keep_history(exclude=["due_on"])
class Complaint(Versioned):
    """A written statement of dissatisfaction about a contract or an insurance service, and what was answered."""

    State = ComplaintState

    # Words of codes that rules and the app's API know by name; further ones are data.
    class Complainant(models.TextChoices):
        POLICYHOLDER = "policyholder"
        INSURED = "insured"
        INJURED = "injured"
        BENEFICIARY = "beneficiary"
        ASSOCIATION = "association"
        OTHER = "other"

    class Proposer(models.TextChoices):
        INTERESTED = "interested"
        LAWYER = "lawyer"
        CONSULTANT = "consultant"
        ASSOCIATION = "association"
        OTHER = "other"

    class Area(models.TextChoices):
        PRODUCT = "product"
        COMMERCIAL = "commercial"
        ADMINISTRATIVE = "administrative"
        SETTLEMENT = "settlement"
        LEGAL = "legal"
        IT = "it"
        OTHER = "other"

    Outcome = ComplaintOutcome

    OPEN_STATES = OPEN_STATES
    NEXT = {
        State.RECEIVED: {State.UNDER_REVIEW, State.WITHDRAWN, State.CANCELLED},
        State.UNDER_REVIEW: {State.SUSPENDED, State.ANSWERED, State.WITHDRAWN, State.CANCELLED},
        State.SUSPENDED: {State.UNDER_REVIEW, State.WITHDRAWN, State.CANCELLED},
        State.ANSWERED: set(),
        State.WITHDRAWN: set(),
        State.CANCELLED: {State.RECEIVED, State.UNDER_REVIEW},  # cancelled by mistake
        State.PAST_OPEN: {State.UNDER_REVIEW},  # taken over
    }

    year = models.ForeignKey(
        RegisterYear,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("year"),
        db_index=False,
    )
    sequence = models.PositiveIntegerField(_("number in the year"), null=True, blank=True)
    old_number = models.CharField(
        _("number in the past register"),
        max_length=LONGEST_OLD_NUMBER,
        blank=True,
        editable=False,
        help_text=_("Of an entry that was imported, which has no number of ours"),
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("began as")
    )
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("earlier complaint on the same matter"),
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("customer"),
        db_index=False,
    )
    policy = models.ForeignKey(
        Policy, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("policy")
    )
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("claim")
    )
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("intermediary concerned"),
    )
    intermediary_row = models.ForeignKey(
        "complaints.Intermediary",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("broker, bank or other intermediary concerned"),
        help_text=_("One that is no agency of ours, from the table of intermediaries"),
    )
    handler = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("handler")
    )
    complainant_name = models.CharField(_("complainant"), max_length=200)
    complainant_kind = CodeField(
        _("kind of complainant"), code_list=CodeList.COMPLAINANT, default=Complainant.POLICYHOLDER
    )
    proposer_kind = CodeField(_("proposed by"), code_list=CodeList.PROPOSER, default=Proposer.INTERESTED)
    address = models.CharField(
        _("address for the answer"),
        max_length=254,
        blank=True,
        help_text=_(
            "An e-mail address (PEC or other); anything else is a postal address, and the answer goes by post"
        ),
    )
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("it", _("Italian")), ("en", _("English"))],
        default="it",
        help_text=_("Of what is written to the complainant; a customer is written to in their own"),
    )
    tax_code = models.CharField(_("tax code as stated"), max_length=16, blank=True)
    reference = models.CharField(_("policy, claim or plate as stated"), max_length=60, blank=True)
    intermediary_stated = models.CharField(
        _("other intermediary"),
        max_length=200,
        blank=True,
        help_text=_("Name and city of a broker, a bank or another intermediary that is no agency of ours"),
    )
    intermediary_address = models.CharField(
        _("address of the other intermediary"),
        max_length=254,
        blank=True,
        help_text=_("An e-mail address (PEC or other); anything else is a postal address"),
    )
    province = models.CharField(_("province"), max_length=2, blank=True)
    ramo = models.CharField(_("line of business (ramo)"), max_length=4, blank=True)
    product = CodeField(_("product"), code_list=CodeList.PRODUCT, blank=True)
    distribution = CodeField(
        _("channel of distribution"),
        code_list=CodeList.DISTRIBUTION,
        blank=True,
        help_text=_("Through whom the contract was sold"),
    )
    area = CodeField(_("business area"), code_list=CodeList.AREA, blank=True)
    reason_codes = CodesField(
        code_list=CodeList.REASON,
        default=list,
        blank=True,
        verbose_name=_("reasons"),
        help_text=_("The first is the main one"),
    )
    reason = models.CharField(_("reason in words"), max_length=120, blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    about_conduct = models.BooleanField(_("about the conduct of an intermediary"), default=False)
    intermediary_kind = CodeField(_("type of intermediary"), code_list=CodeList.INTERMEDIARY, blank=True)
    treatable = models.BooleanField(_("can be treated"), default=True)
    not_treatable_cause = CodeField(_("cause of non-treatability"), code_list=CodeList.NOT_TREATABLE, blank=True)
    not_treatable_reason = models.CharField(_("why it cannot be treated"), max_length=200, blank=True)
    economic_value = models.DecimalField(_("value (euro)"), max_digits=14, decimal_places=2, null=True, blank=True)
    value_band = CodeField(
        _("value band"),
        code_list=CodeList.VALUE_BAND,
        blank=True,
        help_text=_("Where the value itself is not known"),
    )
    event_on = models.DateField(
        _("day of the event"), null=True, blank=True, help_text=_("On which what is complained of happened")
    )
    dated_on = models.DateField(
        _("dated"), null=True, blank=True, help_text=_("The day that the complainant wrote on the complaint")
    )
    received_by = CodeField(_("received by way of"), code_list=CodeList.CHANNEL, blank=True)
    received_on = models.DateField(_("received by the company on"))
    received_by_intermediary_on = models.DateField(_("received by the intermediary on"), null=True, blank=True)
    suspended_days = models.PositiveSmallIntegerField(_("days of suspension"), default=0, editable=False)
    due_on = models.GeneratedField(
        expression=AnswerDueOn(), output_field=models.DateField(), db_persist=True, verbose_name=_("answer due on")
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.RECEIVED)
    cancelled_as = CodeField(_("cancelled as"), code_list=CodeList.CANCELLED, blank=True)
    double_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="doubles",
        verbose_name=_("double of"),
        help_text=_("The entry under which the same complaint is treated"),
    )
    outcome = CodeField(_("outcome"), code_list=CodeList.OUTCOME, max_length=10, default=Outcome.OPEN, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    reasons = models.TextField(_("reasons of the answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now, editable=False)
    submission_key = models.UUIDField(_("key of the submission"), null=True, blank=True, unique=True, editable=False)

    term_on: date  # of rows read `with_term`

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        permissions = [("approve_answer", "Can approve an answer that somebody else wrote")]
        ordering = ["-year", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="complaint_number_once"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="complaint_numbers_begin_at_one"),
            # A number of ours, or that of a past register. Ours have no gaps, so an import takes none of them.
            models.CheckConstraint(
                condition=Q(year__isnull=False, sequence__isnull=False, old_number="")
                | Q(year__isnull=True, sequence__isnull=True) & ~Q(old_number=""),
                name="complaint_number_is_ours_or_old",
            ),
            models.CheckConstraint(
                condition=~Q(state="past_open") | ~Q(old_number="") & Q(handler__isnull=True),
                name="complaint_past_open_has_an_old_number",
            ),
            models.CheckConstraint(condition=Q(suspended_days__lte=15), name="complaint_suspended_at_most_15_days"),
            one_of("state", ComplaintState, name="complaint_state_is_known"),
            models.CheckConstraint(
                # A past register often has neither text nor day: what is not in the file is not made up.
                condition=~Q(state="answered")
                | (Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(outcome=""))
                | ~Q(old_number="") & Q(handler__isnull=True),
                name="complaint_answered_has_text_outcome_and_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="answered") | Q(outcome=""), name="complaint_outcome_only_when_answered"
            ),
            # A cancelled entry does not block its contact, which may turn out to be a complaint after all.
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(contact__isnull=False) & ~Q(state="cancelled"),
                name="one_complaint_per_contact",
            ),
            models.CheckConstraint(
                condition=Q(treatable=True) | ~Q(not_treatable_reason=""), name="complaint_not_treatable_says_why"
            ),
            models.CheckConstraint(
                condition=Q(treatable=False) | Q(not_treatable_cause=""), name="complaint_cause_only_if_not_treatable"
            ),
            models.CheckConstraint(
                condition=Q(dated_on__isnull=True) | Q(dated_on__lte=F("received_on")),
                name="complaint_dated_before_received",
            ),
            models.CheckConstraint(
                condition=Q(event_on__isnull=True) | Q(event_on__lte=F("received_on")),
                name="complaint_event_before_received",
            ),
            models.CheckConstraint(
                condition=Q(economic_value__isnull=True) | Q(economic_value__gte=0),
                name="complaint_value_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(intermediary_row__isnull=True),
                name="complaint_one_intermediary_concerned",
                violation_error_message=_("Choose an agency of ours or another intermediary, not both."),
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") & ~Q(cancelled_as="") | ~Q(state="cancelled") & Q(cancelled_as=""),
                name="complaint_cancelled_has_a_cause",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_as="double", double_of__isnull=False)
                | ~Q(cancelled_as="double") & Q(double_of__isnull=True),
                name="complaint_double_names_the_other",
            ),
            models.CheckConstraint(
                condition=Q(double_of__isnull=True) | ~Q(double_of=F("id")), name="complaint_is_no_double_of_itself"
            ),
        ]
        indexes = [
            # The search over everything, by the words of what was written.
            GinIndex(WORDS, name="complaint_words"),
            # Complaints like this one: the main reason, the line, the last two years.
            models.Index(F("reason_codes__0"), "ramo", "received_on", name="complaint_alike"),
            # The officers' list, and the rungs of alerts.
            models.Index(
                fields=["due_on", "id"],
                name="complaint_due",
                condition=is_among("state", OPEN_STATES),
            ),
            models.Index(
                fields=["customer", "-received_on"], name="complaint_of_customer", condition=Q(customer__isnull=False)
            ),
            # The search for an old number, and the list of the past register.
            models.Index(Upper("old_number"), name="complaint_old_number", condition=~Q(old_number="")),
            models.Index(fields=["-received_on", "-id"], name="complaint_past", condition=~Q(old_number="")),
        ]
        triggers = [
            *never_deleted(),
            codes_exist(),
            written_under_the_file_that_remains("customer_id"),
            fixed("number_never_changes", ["year", "sequence", "old_number", "registered_at"]),
            # A past register may be corrected by its next file, as long as nobody here has taken the entry over.
            fixed(
                "answered_is_fixed",
                FIXED_BY_THE_ANSWER,
                once=pgtrigger.Q(old__state="answered")
                & (pgtrigger.Q(old__old_number="") | pgtrigger.Q(old__handler__isnull=False)),
            ),
            # The day of receipt may be corrected after the answer too, and only by whoever writes it in the history.
            pgtrigger.Trigger(
                name="receipt_corrected_in_history",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(old__state="answered")
                & (pgtrigger.Q(old__old_number="") | pgtrigger.Q(old__handler__isnull=False))
                & (
                    pgtrigger.Q(old__received_on__df=pgtrigger.F("new__received_on"))
                    | pgtrigger.Q(old__received_by_intermediary_on__df=pgtrigger.F("new__received_by_intermediary_on"))
                ),
                func=(
                    "IF NOT EXISTS (SELECT FROM complaints_complaintevent e WHERE e.complaint_id = NEW.id "
                    "AND e.kind = 'corrected' AND e.details ?| ARRAY['received_on', 'received_by_intermediary_on'] "
                    "AND strpos(e.details::text, COALESCE(CASE WHEN OLD.received_on <> NEW.received_on "
                    "THEN NEW.received_on ELSE NEW.received_by_intermediary_on END::text, '')) > 0) THEN "
                    "RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table without an event (%)', "
                    "TG_TABLE_NAME, TG_NAME; END IF; RETURN NULL;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names by which a text may call the complainant and the customer."""
        stated = (self.complainant_name, *self.complainant_name.split())
        return (*(self.customer.every_name if self.customer else ()), *stated)

    @property
    def number(self) -> str:
        """The number in the register, such as 2026/17; of an entry of a past register the one it had there, “prec. 123”."""
        return f"{OLD_NUMBER_MARK} {self.old_number}" if self.old_number else f"{self.year_id}/{self.sequence}"

    @property
    def file_stem(self) -> str:
        """The number as a part of a file's name: 2026-17."""
        return re.sub(r"[^0-9A-Za-z]+", "-", self.number).strip("-")

    @property
    def is_past(self) -> bool:
        """Whether it is an entry of a past register, taken over or not."""
        return bool(self.old_number)

    @property
    def email(self) -> str:
        """The address for the answer where it is an e-mail address; "" where the answer goes by post."""
        return self.address if _EMAIL.fullmatch(self.address) else ""

    @property
    def intermediary(self) -> str:
        """Name of the intermediary concerned: an agency of ours, another one of the table, or one as stated; "" for none."""
        if self.agency:
            return self.agency.name
        return self.intermediary_row.known_as if self.intermediary_row else self.intermediary_stated

    @property
    def concerned_kind(self) -> str:
        """The type of the intermediary concerned, a code: its row's, or else as it was classified; "" where it is not known."""
        if self.agency:
            return AGENT
        return self.intermediary_row.kind if self.intermediary_row else self.intermediary_kind

    @property
    def is_heard(self) -> bool:
        """Whether the conduct of an intermediary that we know by name is concerned: it is heard and gets copies."""
        return self.about_conduct and bool(self.intermediary)

    @property
    def answer_language(self) -> str:
        """The language in which the complainant is written to: the customer's own, or that of the complaint."""
        return self.customer.language if self.customer else self.language

    @property
    def first_received_on(self) -> date:
        """The day the clock counts from: the earlier receipt, by the company or by the intermediary."""
        return min(self.received_on, self.received_by_intermediary_on or self.received_on)

    @property
    def is_open(self) -> bool:
        """Neither answered, withdrawn nor cancelled."""
        return self.state in self.OPEN_STATES

    def can_become(self, state: str) -> bool:
        """Whether the table of states allows it now."""
        return state in self.NEXT[self.State(self.state)]


class Suspension(models.Model):
    """Days in which the clock stands still while the intermediary is heard: at most 15 in all (art. 10-ter).

    It follows from an enquiry to the intermediary, and from nothing else. Days of two suspensions do not overlap.

    The day it starts counts, the day it ends does not. Once ended, a row is never changed.
    """

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="suspensions", verbose_name=_("complaint"))
    enquiry = models.OneToOneField(
        "complaints.Enquiry", models.PROTECT, related_name="suspension", verbose_name=_("enquiry")
    )
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("what was asked of the intermediary"))
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["started_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(ended_on__isnull=True), name="one_open_suspension_per_complaint"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="suspension_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="suspension_has_a_reason"),
        ]
        triggers = [
            *never_deleted(),
            Guard(
                name="never_changed_once_ended",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_on__isnull=False),
            ),
            fixed("only_its_end_is_written", ["complaint", "enquiry", "started_on", "reason", "by"]),
            pgtrigger.Trigger(
                name="follows_from_its_enquiry",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=(
                    "IF NOT EXISTS (SELECT FROM complaints_enquiry e WHERE e.id = NEW.enquiry_id "
                    "AND e.complaint_id = NEW.complaint_id AND e.kind = 'enquiry') THEN "
                    "RAISE EXCEPTION 'A suspension follows from an enquiry about its own complaint' "
                    "USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
            # Commands write it while the complaint is locked, so no other writer comes between.
            pgtrigger.Trigger(
                name="suspensions_do_not_overlap",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("ended_on"),
                when=pgtrigger.Before,
                func=(
                    "IF NEW.started_on < COALESCE(NEW.ended_on, 'infinity') AND EXISTS (SELECT FROM complaints_suspension s "
                    "WHERE s.complaint_id = NEW.complaint_id AND s.id <> NEW.id "
                    "AND s.started_on < COALESCE(s.ended_on, 'infinity') "
                    "AND s.started_on < COALESCE(NEW.ended_on, 'infinity') "
                    "AND COALESCE(s.ended_on, 'infinity') > NEW.started_on) THEN "
                    "RAISE EXCEPTION 'A day is suspended once' USING ERRCODE = 'exclusion_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint}: {self.started_on:%d/%m/%Y}"


class ComplaintEvent(models.Model):
    """One thing that happened to a complaint. Rows are added, never changed, never deleted."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("registered")
        ASSIGNED = "assigned", _("assigned")
        CLASSIFIED = "classified", _("classified")
        SUSPENDED = "suspended", _("clock suspended")
        RESUMED = "resumed", _("clock resumed")
        ANSWERED = "answered", _("answered")
        WITHDRAWN = "withdrawn", _("withdrawn")
        NOTED = "noted", _("noted")
        FORWARDED = "forwarded", _("passed to the intermediary")
        CORRECTED = "corrected", _("receipt corrected")
        ALERTED = "alerted", _("alert about the term")
        CANCELLED = "cancelled", _("cancelled: not a complaint")
        REINSTATED = "reinstated", _("reinstated")
        AMENDED = "amended", _("name or address corrected")
        RETURNED = "returned", _("the letter did not arrive")
        SENT = "sent", _("letter sent again")
        POSTED = "posted", _("letter posted")
        ADDED = "added", _("the complainant added something")
        INVITED = "invited", _("intermediary asked for its position")
        POSITION = "position", _("position of the intermediary received")
        REMINDED = "reminded", _("intermediary reminded")
        UNASKED = "unasked", _("enquiry to the intermediary closed")
        PROCEEDING = "proceeding", _("court case or mediation")
        SUBMITTED = "submitted", _("answer submitted to a second person")
        APPROVED = "approved", _("answer approved")
        SENT_BACK = "sent_back", _("answer sent back to its writer")
        REGULATOR = "regulator", _("request of IVASS")
        ARBITRATOR = "arbitrator", _("appeal to the Arbiter")
        IMPORTED = "imported", _("imported from a past register")
        TAKEN_OVER = "taken_over", _("taken over from the past register")
        DOCUMENT = "document", _("document added")
        PERSON = "person", _("represented person entered")
        MANDATE = "mandate", _("mandate")

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="events", verbose_name=_("complaint"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    notice = models.ForeignKey(
        "notifications.Notice", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("notice")
    )
    request = models.ForeignKey(
        "complaints.RegulatorRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("request of IVASS"),
    )
    appeal = models.ForeignKey(
        "complaints.ArbitratorAppeal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("appeal to the Arbiter"),
    )
    details = models.JSONField(_("details"), default=dict, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("complaint event")
        verbose_name_plural = _("complaint events")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["complaint", "at"], name="event_of_complaint")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.complaint}: {self.get_kind_display()}"
