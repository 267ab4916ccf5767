"""`Intermediary`, the rule for its type, and `Enquiry`: what an intermediary was asked, and the position it gave."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.code import CodeField, CodeList
from complaints.models.complaint import AGENT, Complaint
from customers.models import Agency
from customers.visibility import reach_of
from foundation.constraints import one_of
from foundation.guards import append_only, fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.requests import Reader

LONGEST_TERM = 60  # days that a rule may give for an answer


def kind_exists() -> pgtrigger.Trigger:
    """The type of intermediary is a word of its list: what a foreign key would be, for words."""
    return pgtrigger.Trigger(
        name="kind_exists",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("kind"),
        when=pgtrigger.Before,
        func=(
            f"IF NEW.kind <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = '{CodeList.INTERMEDIARY.value}' "
            "AND word = NEW.kind) THEN RAISE EXCEPTION 'There is no type of intermediary %', NEW.kind "
            "USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NEW;"
        ),
    )


@keep_history()
class Intermediary(Versioned):
    """An agent, a broker, a bank or another intermediary: where it is written to.

    The row of an agency of ours holds nothing of its own: name, number and addresses are the agency's.
    """

    kind = CodeField(_("type of intermediary"), code_list=CodeList.INTERMEDIARY)
    agency = models.OneToOneField(
        Agency, models.PROTECT, null=True, blank=True, related_name="intermediary", verbose_name=_("agency of ours")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    rui_number = models.CharField(
        _("RUI number"),
        max_length=20,
        blank=True,
        help_text=_("In the register of intermediaries, such as B000123456"),
    )
    address = models.CharField(
        _("postal address"),
        max_length=254,
        blank=True,
        help_text=_("Street and number, postal code, city and province"),
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    pec = models.EmailField(_("certified e-mail (PEC)"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("intermediary")
        verbose_name_plural = _("intermediaries")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kind=""), name="intermediary_has_a_type"),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) & ~Q(name="")
                | Q(agency__isnull=False, kind=AGENT, name="", rui_number="", address="", email="", pec=""),
                name="intermediary_has_a_name_or_an_agency",
                violation_error_message=_(
                    "Give the name. The row of an agency of ours has none: name and addresses are the agency's."
                ),
            ),
            models.UniqueConstraint(
                fields=["rui_number"],
                condition=~Q(rui_number=""),
                name="intermediary_rui_number_once",
                violation_error_message=_("Another intermediary has this number: use that row."),
            ),
        ]
        triggers = [*never_deleted(), kind_exists(), fixed("agency_never_changes", ["agency"])]

    def __str__(self) -> str:
        return str(self.agency) if self.agency else self.name

    @property
    def known_as(self) -> str:
        """The name, without the code of an agency."""
        return self.agency.name if self.agency else self.name

    @property
    def rui(self) -> str:
        """The number in the register of intermediaries; "" where it is not known."""
        return self.agency.rui_number if self.agency else self.rui_number

    @property
    def reached(self) -> "Reached":
        """Where it is written to."""
        if self.agency is None:
            return Reached(self.pec, self.email, self.address)
        return reached_of_agency(self.agency)


@dataclass(frozen=True)
class Reached:
    """The addresses of an intermediary; "" for those that are not known."""

    pec: str = ""
    email: str = ""
    postal: str = ""


def reached_of_agency(agency: Agency) -> Reached:
    """The addresses of an agency of ours. A street without its place is no postal address."""
    place = " ".join(filter(None, (agency.postal_code, agency.city, agency.province)))
    postal = f"{agency.address}, {place}" if agency.address and agency.city else ""
    return Reached(agency.pec, agency.email, postal)


class CopiedLetter(models.TextChoices):
    """The letters to the complainant that may go to the intermediary in copy, by their kind of notice."""

    RECEIVED = "complaint-received", _("confirmation of receipt")
    FORWARDED = "complaint-forwarded", _("complaint passed to the intermediary")
    SUSPENDED = "complaint-suspended", _("term suspended")
    RESUMED = "complaint-resumed", _("term resumed")
    CORRECTED = "complaint-corrected", _("day of receipt corrected")
    ANSWERED = "complaint-answered", _("answer")
    WITHDRAWN = "complaint-withdrawn", _("withdrawal confirmed")


class IntermediaryRuleQuerySet(models.QuerySet["IntermediaryRule"]):
    """Questions asked about rules."""

    def valid(self, on: date) -> "IntermediaryRuleQuerySet":
        """Those in force on the day, both ends included."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        )


@keep_history()
class IntermediaryRule(Versioned):
    """What the law asks when a type of intermediary is concerned, from when until when. Changed in the back office.

    ISVAP Regulation 24/2008: art. 10-ter for agents, 10-quater for brokers, 10-sexies for banks and the others of section D.
    """

    kind = CodeField(
        _("type of intermediary"), code_list=CodeList.INTERMEDIARY, blank=True, help_text=_("Empty: not known yet")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    may_suspend = models.BooleanField(
        _("an enquiry suspends the term"),
        default=False,
        help_text=_("For at most 15 days in all, and for nothing else"),
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days for the position"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_TERM)],
        help_text=_("Calendar days from the day on which it is asked"),
    )
    remind_days = models.PositiveSmallIntegerField(
        _("days before the end at which it is reminded"),
        default=3,
        validators=[MaxValueValidator(LONGEST_TERM)],
        help_text=_("0: on the last day"),
    )
    pass_on_days = models.PositiveSmallIntegerField(
        _("days within which it is passed on"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_TERM)],
        help_text=_(
            "Our measure of “without delay”, from the day of receipt; the complaint's page warns of it. Empty: it need not be"
        ),
    )
    informs_complainant = models.BooleanField(
        _("the complainant is informed"),
        default=True,
        help_text=_(
            "When it is passed on, or asked for its position while the term runs. Of a suspension they always are"
        ),
    )
    copies = ArrayField(
        models.CharField(max_length=20, choices=CopiedLetter.choices),
        verbose_name=_("in copy of"),
        default=list,
        blank=True,
        help_text=_("The letters to the complainant that go to the intermediary as well"),
    )
    article = models.CharField(_("article"), max_length=120)
    is_verified = models.BooleanField(
        _("verified"),
        default=False,
        help_text=_("Somebody has compared it with the text in force. Until then it is shown as not verified"),
    )

    objects = IntermediaryRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for intermediaries")
        verbose_name_plural = _("rules for intermediaries")
        ordering = ["kind", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="intermediary_rule_ends_after_it_begins",
                violation_error_message=_("A rule ends on the day it begins, or later."),
            ),
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, answer_days__lte=LONGEST_TERM, remind_days__lte=F("answer_days")),
                name="intermediary_rule_gives_days",
                violation_error_message=_("The reminder comes within the days for the position."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="") | Q(may_suspend=False),
                name="intermediary_rule_suspends_for_a_type",
                violation_error_message=_("While the type is not known, nothing is suspended."),
            ),
            models.CheckConstraint(
                condition=Q(copies__contained_by=CopiedLetter.values), name="intermediary_rule_copies_are_letters"
            ),
            models.CheckConstraint(condition=~Q(article=""), name="intermediary_rule_cites_an_article"),
        ]
        triggers = [
            *never_deleted(),
            kind_exists(),
            # Two rules of one day would be none. The lock lets two writers come one after the other.
            pgtrigger.Trigger(
                name="one_rule_a_day",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("kind", "valid_from", "valid_to"),
                when=pgtrigger.Before,
                func=(
                    "PERFORM pg_advisory_xact_lock(hashtext('complaints_intermediaryrule')); "
                    "IF EXISTS (SELECT FROM complaints_intermediaryrule r WHERE r.id <> NEW.id AND r.kind = NEW.kind "
                    "AND COALESCE(r.valid_from, '-infinity') <= COALESCE(NEW.valid_to, 'infinity') "
                    "AND COALESCE(r.valid_to, 'infinity') >= COALESCE(NEW.valid_from, '-infinity')) THEN "
                    "RAISE EXCEPTION 'Two rules for % on one day', NEW.kind USING ERRCODE = 'exclusion_violation'; "
                    "END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        kind = self.get_kind_display() or _("type not known")  # type: ignore[attr-defined]
        return f"{kind} · {self.article}"

    def copies_of(self, kind: str) -> bool:
        """Whether the letter of this kind goes to the intermediary in copy."""
        return kind in self.copies


class EnquiryState(models.TextChoices):
    """How far an enquiry has come."""

    OPEN = "open", _("waits for the intermediary")
    ANSWERED = "answered", _("position given")
    CLOSED = "closed", _("closed without a position")
    PASSED = "passed", _("passed on")


class EnquiryKind(models.TextChoices):
    """What is done: asked with the term suspended, asked while it runs, or passed on."""

    ENQUIRY = "enquiry", _("enquiry, with the term suspended")
    INVITATION = "invitation", _("invitation to give its position")
    FORWARDING = "forwarding", _("passed on")


class EnquiryWay(models.TextChoices):
    """How it went to the intermediary."""

    PEC = "pec", _("by certified e-mail (PEC)")
    EMAIL = "email", _("by e-mail")
    POST = "post", _("by post")


class Through(models.TextChoices):
    """How the position came."""

    OFFICE = "office", _("by sign-in")
    PAGE = "page", _("by its own page")
    HAND = "hand", _("entered from its letter")


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Questions asked about enquiries."""

    def visible_to(self, user: Reader) -> "EnquiryQuerySet":
        """All for company staff; to a member of an agency those that the agency got, of whomever the complaint is."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(intermediary__agency__in=reach.agency_ids) if reach.agency_ids else self.none()

    def open(self) -> "EnquiryQuerySet":
        """Those that wait for the intermediary's position."""
        return self.filter(state=EnquiryState.OPEN)

    def late(self, today: date) -> "EnquiryQuerySet":
        """Those whose position is overdue."""
        return self.open().filter(answer_due_on__lt=today)


# What was asked, of whom and when: it remains. Who was not asked yet is another row.
ASKED = (
    "complaint",
    "intermediary",
    "kind",
    "asked",
    "article",
    "way",
    "address",
    "sent_on",
    "answer_due_on",
    "by",
    "made_at",
)
GIVEN = (
    "state",
    "position",
    "answered_on",
    "answered_at",
    "answered_by",
    "through",
    "closed_at",
    "closed_by",
    "closed_why",
)


class Enquiry(Versioned):
    """What an intermediary was asked about a complaint, or that it was passed on; and its position.

    Who asked and what remains as it was written, and so does the position once it was given. While one waits, the complaint
    has no other.
    """

    Kind, State, Way, Through = EnquiryKind, EnquiryState, EnquiryWay, Through

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="enquiries", verbose_name=_("complaint"))
    intermediary = models.ForeignKey(
        Intermediary, models.PROTECT, related_name="enquiries", verbose_name=_("intermediary")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    asked = models.TextField(_("what is asked"), blank=True)
    article = models.CharField(_("article"), max_length=120, blank=True)
    way = models.CharField(_("way"), max_length=5, choices=Way.choices)
    address = models.CharField(_("address"), max_length=254, blank=True)
    notice = models.ForeignKey(
        "notifications.Notice", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("notice")
    )
    sent_on = models.DateField(_("asked on"))
    answer_due_on = models.DateField(_("position due on"), null=True, blank=True)
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    draft = models.TextField(_("draft of the position"), blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    chased_at = models.DateTimeField(_("reminded after the end at"), null=True, blank=True)
    position = models.TextField(_("position"), blank=True)
    answered_on = models.DateField(_("position received on"), null=True, blank=True)
    answered_at = models.DateTimeField(_("position entered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given or entered by"),
    )
    through = models.CharField(_("how it came"), max_length=6, choices=Through.choices, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    closed_why = models.TextField(_("why it was closed"), blank=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("enquiry to an intermediary")
        verbose_name_plural = _("enquiries to intermediaries")
        ordering = ["sent_on", "pk"]
        permissions = [("answer_enquiry", "Can give the position of one's agency on a complaint")]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state="open"), name="one_open_enquiry_per_complaint"
            ),
            one_of("state", EnquiryState, name="enquiry_state_is_known"),
            one_of("kind", EnquiryKind, name="enquiry_kind_is_known"),
            one_of("way", EnquiryWay, name="enquiry_way_is_known"),
            models.CheckConstraint(
                condition=Q(kind="forwarding", state="passed", answer_due_on__isnull=True)
                | ~Q(kind="forwarding")
                & ~Q(state="passed")
                & ~Q(asked="")
                & Q(answer_due_on__isnull=False, answer_due_on__gte=F("sent_on")),
                name="enquiry_asks_something_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="answered",
                    answered_on__isnull=False,
                    answered_on__gte=F("sent_on"),
                    answered_at__isnull=False,
                    through__in=Through.values,
                )
                & ~Q(position="")
                | ~Q(state="answered")
                & Q(
                    answered_on__isnull=True,
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                    position="",
                    through="",
                ),
                name="enquiry_position_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(closed_why="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True, closed_why=""),
                name="enquiry_closed_says_why",
            ),
        ]
        indexes = [
            # The officers' filter, the agencies' list, and the reminders.
            models.Index(fields=["answer_due_on", "id"], name="enquiry_open", condition=Q(state="open")),
        ]
        triggers = [
            *never_deleted(),
            fixed("what_was_asked_remains", ASKED),
            fixed("position_remains", GIVEN, once=~pgtrigger.Q(old__state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.complaint.number} · {self.get_kind_display()}"

    @property
    def every_name(self) -> tuple[str, ...]:
        """The names by which a text may call the complainant and the customer."""
        return self.complaint.every_name

    @property
    def is_open(self) -> bool:
        """Whether it waits for the intermediary."""
        return self.state == self.State.OPEN


def stored_under(_file: "EnquiryFile", _name: str) -> str:
    """Where a file is kept: a random name, in a folder per month, without any part of the sender's name."""
    return f"complaints/{timezone.localdate():%Y/%m}/{secrets.token_hex(16)}"


class EnquiryFileQuerySet(models.QuerySet["EnquiryFile"]):
    """Questions asked about files of intermediaries."""

    def visible_to(self, user: Reader) -> "EnquiryFileQuerySet":
        """Files of the enquiries the user may see."""
        if reach_of(user).everything:
            return self
        return self.filter(enquiry__in=Enquiry.objects.visible_to(user))


class EnquiryFile(models.Model):
    """A document that came with an intermediary's position. It is kept out of every public folder."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    enquiry = models.ForeignKey(Enquiry, models.PROTECT, related_name="files", verbose_name=_("enquiry"))
    name = models.CharField(_("file name"), max_length=120, help_text=_("As the sender called it, cleaned"))
    content_type = models.CharField(_("type"), max_length=80, help_text=_("As found inside the file"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(_("file"), upload_to=stored_under, max_length=100)

    objects = EnquiryFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of an intermediary")
        verbose_name_plural = _("documents of intermediaries")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="enquiry_file_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="enquiry_file_is_not_empty"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name
