"""What a caller is asked before data are read out (`IdentityQuestion`), and what came of it in each call (`IdentityEvent`)."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.models.access import AccessReason
from customers.validators import validate_one_line
from customers.visibility import reach_of
from foundation.constraints import is_among, one_of
from foundation.guards import append_only
from foundation.history import keep_history
from foundation.naming import NamedInTwoLanguages
from foundation.requests import Reader

from .contact import Contact
from .dated import ValidOnQuerySet


class IdentityFact(models.TextChoices):
    """What of a file answers a question; `contact_center/desk/identity.py` finds it."""

    BIRTH_DATE = "birth_date", _("date of birth")
    TAX_CODE_END = "tax_code_end", _("last five characters of the tax code")
    VAT_NUMBER_END = "vat_number_end", _("last four digits of the VAT number")
    ADDRESS = "address", _("address of residence")
    PLATE = "plate", _("plate of a vehicle insured")
    POLICY_NUMBER = "policy_number", _("number of a policy")
    LAST_PAYMENT = "last_payment", _("day of the last payment")


@keep_history()
class IdentityQuestion(NamedInTwoLanguages, models.Model):
    """A question that only the person can answer, as dated data: the words, and which fact of the file answers it."""

    Fact = IdentityFact

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("question"), max_length=120, validators=[validate_one_line])
    name_en = models.CharField(_("question, in English"), max_length=120, blank=True, validators=[validate_one_line])
    fact = models.CharField(
        _("what answers it"),
        max_length=15,
        choices=IdentityFact.choices,
        help_text=_("The agent sees it only after having asked; it is left out where the file does not have it"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity question")
        verbose_name_plural = _("identity questions")
        ordering = ["position", "code"]
        constraints = [
            one_of("fact", IdentityFact, name="identity_question_fact_is_known"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="identity_question_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name


class IdentityStep(models.TextChoices):
    """What happened: the steps of a question, then how the identification ended."""

    ASKED = "asked", _("asked")
    RIGHT = "right", _("right answer")
    WRONG = "wrong", _("wrong answer, or none")
    PASSED = "passed", _("identified")
    FAILED = "failed", _("not identified")
    KNOWN_NUMBER = "known_number", _("called from a verified number of theirs")
    GENERAL = "general", _("not needed: general information only")
    REASON = "reason", _("opened without identification")


OF_A_QUESTION = (IdentityStep.ASKED, IdentityStep.RIGHT, IdentityStep.WRONG)
ANSWERS = (IdentityStep.RIGHT, IdentityStep.WRONG)
RESULTS = (
    IdentityStep.PASSED,
    IdentityStep.FAILED,
    IdentityStep.KNOWN_NUMBER,
    IdentityStep.GENERAL,
    IdentityStep.REASON,
)
OPENING = (IdentityStep.PASSED, IdentityStep.KNOWN_NUMBER, IdentityStep.REASON)  # after these the data may be read out


class IdentityEventQuerySet(models.QuerySet["IdentityEvent"]):
    """Questions asked about identifications."""

    def visible_to(self, user: Reader) -> "IdentityEventQuerySet":
        """Those of the customers whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def results(self) -> "IdentityEventQuerySet":
        """How identifications ended, without the questions on the way."""
        return self.filter(step__in=RESULTS)


class IdentityEvent(models.Model):
    """One step of identifying a caller as a customer: a question asked, how it was answered, the result. Never the answer itself.

    Rows are added, never changed. `needed` is how many right answers were asked for on that day, with a result of questions.
    """

    Step = IdentityStep

    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="identity_events", verbose_name=_("call"), db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="identity_events", verbose_name=_("customer"), db_index=False
    )
    step = models.CharField(_("what happened"), max_length=12, choices=IdentityStep.choices)
    question = models.ForeignKey(
        IdentityQuestion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("question")
    )
    needed = models.PositiveSmallIntegerField(_("right answers needed"), null=True, blank=True)
    reason_kind = models.CharField(_("reason"), max_length=10, choices=AccessReason.choices, blank=True)
    reason = models.CharField(_("in words"), max_length=200, blank=True)
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = IdentityEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("identification of a caller")
        verbose_name_plural = _("identifications of callers")
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("step", IdentityStep, name="identity_step_is_known"),
            models.CheckConstraint(
                condition=is_among("step", OF_A_QUESTION) & Q(question__isnull=False)
                | ~is_among("step", OF_A_QUESTION) & Q(question__isnull=True),
                name="identity_question_is_named_where_asked",
            ),
            models.CheckConstraint(
                condition=Q(step="reason") & ~Q(reason_kind="") | ~Q(step="reason") & Q(reason_kind="", reason=""),
                name="identity_opened_without_says_why",
            ),
            models.CheckConstraint(
                condition=Q(step__in=["passed", "failed"], needed__isnull=False, needed__gte=1)
                | ~Q(step__in=["passed", "failed"]) & Q(needed__isnull=True),
                name="identity_result_says_what_was_needed",
            ),
            models.UniqueConstraint(
                fields=["contact", "customer", "question"],
                condition=Q(step="asked"),
                name="identity_question_asked_once",
            ),
            models.UniqueConstraint(
                fields=["contact", "customer", "question"],
                condition=is_among("step", ANSWERS),
                name="identity_question_answered_once",
            ),
            models.UniqueConstraint(
                fields=["contact", "customer", "step"],
                condition=is_among("step", RESULTS),
                name="identity_result_once",
            ),
        ]
        indexes = [
            # The card of a call, and the contact's page.
            models.Index(fields=["contact", "id"], name="identity_of_contact"),
            # The customer's file, newest first.
            models.Index(fields=["customer", "-at"], name="identity_of_customer"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.contact.number}: {self.get_step_display()}"
