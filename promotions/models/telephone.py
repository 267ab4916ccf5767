"""Calling people about a promotion: the numbers sent to the register of oppositions, what it answered, whom the agency may ring,
and what came of each call.

`OppositionCheck` (what was sent) has `CheckedNumber` rows; an `OppositionAnswer` (what came back) settles some of them;
a `CallList` is made of those, with a `CalledPerson` for each.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Consent, Customer, User
from customers.visibility import reach_of
from foundation.constraints import is_among
from foundation.guards import append_only, fixed, never_deleted
from foundation.requests import Reader
from foundation.telephones import shown_number
from promotions.models.promotion import Promotion
from promotions.reach import ground_of

DIGEST = r"^[0-9a-f]{64}$"
PHONE = r"^\+[1-9][0-9]{4,14}$"


class OfPromotionQuerySet(models.QuerySet):
    """What belongs to a promotion as a whole."""

    def visible_to(self, user: Reader) -> "OfPromotionQuerySet":
        """Those of the promotions within the user's reach."""
        return self.filter(ground_of(user).over_promotions("promotion__agency"))


class OppositionCheck(models.Model):
    """The numbers of a promotion's audience that were written out for the register of oppositions. Rows are added only."""

    promotion = models.ForeignKey(
        Promotion, models.PROTECT, related_name="opposition_checks", verbose_name=_("promotion"), db_index=False
    )
    number_of_numbers = models.PositiveIntegerField(_("numbers"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("prepared by"), db_index=False)
    made_at = models.DateTimeField(_("prepared at"), default=timezone.now)

    objects = OfPromotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("check with the register of oppositions")
        verbose_name_plural = _("checks with the register of oppositions")
        ordering = ["-pk"]
        permissions = [("answer_oppositioncheck", "Can enter the answer of the register of oppositions")]
        constraints = [
            models.CheckConstraint(condition=Q(number_of_numbers__gt=0), name="opposition_check_has_numbers"),
            models.CheckConstraint(condition=Q(sha256__regex=DIGEST), name="opposition_check_digest_shape"),
        ]
        indexes = [models.Index(fields=["promotion", "-id"], name="check_of_promotion")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.pk}"


class OppositionAnswer(models.Model):
    """An answer of the register's operator to a check: a file, the day of the consultation, what it settled. Rows are added only."""

    opposition_check = models.ForeignKey(
        OppositionCheck, models.PROTECT, related_name="answers", verbose_name=_("check"), db_index=False
    )
    checked_on = models.DateField(_("checked on"), help_text=_("The day on which the operator looked the numbers up"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    free = models.PositiveIntegerField(_("not in the register"))
    opposed = models.PositiveIntegerField(_("in the register"))
    refused = models.PositiveIntegerField(_("rows refused"))
    read_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("read by"), db_index=False)
    read_at = models.DateTimeField(_("read at"), default=timezone.now)

    class Meta:
        verbose_name = _("answer of the register of oppositions")
        verbose_name_plural = _("answers of the register of oppositions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=DIGEST), name="opposition_answer_digest_shape"),
            models.UniqueConstraint(fields=["opposition_check", "sha256"], name="opposition_answer_is_read_once"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.opposition_check_id}: {self.checked_on:%d/%m/%Y}"


class CheckedNumber(models.Model):
    """A number of one customer in a check. Two customers of one number have a row each, and one line in the file.

    `opposed_on` is the day of the enrolment in the register; None where the operator does not state it.
    """

    opposition_check = models.ForeignKey(
        OppositionCheck, models.PROTECT, related_name="numbers", verbose_name=_("check"), db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="+", verbose_name=_("customer"), db_index=False
    )
    phone = models.CharField(_("phone"), max_length=16, help_text=_("E.164, such as +393331234567"))
    answer = models.ForeignKey(
        OppositionAnswer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="numbers",
        verbose_name=_("answer"),
        db_index=False,
    )
    is_opposed = models.BooleanField(_("in the register"), null=True, blank=True)
    opposed_on = models.DateField(_("in the register since"), null=True, blank=True)

    class Meta:
        verbose_name = _("checked number")
        verbose_name_plural = _("checked numbers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["opposition_check", "customer"], name="one_number_per_check_and_customer"),
            models.CheckConstraint(condition=Q(phone__regex=PHONE), name="checked_number_is_e164"),
            models.CheckConstraint(
                condition=Q(answer__isnull=True, is_opposed__isnull=True, opposed_on__isnull=True)
                | Q(answer__isnull=False, is_opposed__isnull=False)
                & (Q(is_opposed=True) | Q(opposed_on__isnull=True)),
                name="checked_number_answered_as_a_whole",
            ),
        ]
        indexes = [
            # The numbers of an answer.
            models.Index(fields=["opposition_check", "phone"], name="checked_number_by_phone"),
            # A person's own.
            models.Index(fields=["customer"], name="checked_number_of_customer"),
        ]
        triggers = [
            *never_deleted(),
            fixed("sent_is_fixed", ["opposition_check", "customer", "phone"]),
            fixed(
                "answered_is_fixed",
                ["answer", "is_opposed", "opposed_on"],
                once=pgtrigger.Q(old__answer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return shown_number(self.phone)


class CallList(models.Model):
    """Whom the agency may ring about a promotion, and until which day: that on which the first of the checks runs out."""

    promotion = models.ForeignKey(
        Promotion, models.PROTECT, related_name="call_lists", verbose_name=_("promotion"), db_index=False
    )
    number_of_people = models.PositiveIntegerField(_("people"))
    valid_until = models.DateField(_("may be used until"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("prepared by"), db_index=False)
    made_at = models.DateTimeField(_("prepared at"), default=timezone.now)

    objects = OfPromotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("call list")
        verbose_name_plural = _("call lists")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(number_of_people__gt=0), name="call_list_has_people")]
        indexes = [models.Index(fields=["promotion", "-id"], name="call_list_of_promotion")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def log_name(self) -> str:
        """What the log of accesses calls the file."""
        return f"calllist {self.pk}"


class CallResult(models.TextChoices):
    """What came of ringing somebody."""

    REACHED = "reached", pgettext_lazy("call", "reached")
    NO_ANSWER = "no_answer", pgettext_lazy("call", "no answer")
    CALL_AGAIN = "call_again", pgettext_lazy("call", "asks to be rung again")
    NOT_INTERESTED = "not_interested", pgettext_lazy("call", "not interested: no more calls")


STILL_TO_RING = (CallResult.NO_ANSWER, CallResult.CALL_AGAIN)
OVER = (CallResult.REACHED, CallResult.NOT_INTERESTED)


class CalledPersonQuerySet(models.QuerySet["CalledPerson"]):
    """Questions asked about people on call lists."""

    def visible_to(self, user: Reader) -> "CalledPersonQuerySet":
        """Those whose files the user may see."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="customer", agency="customer__agency"))

    def to_ring(self) -> "CalledPersonQuerySet":
        """Nobody has rung them yet, or they are to be rung again."""
        return self.filter(Q(result="") | is_among("result", STILL_TO_RING))


class CalledPerson(models.Model):
    """A person on a call list: which number, by which consent and which check; and what came of ringing them.

    A person is on one list of a promotion at most.
    """

    Result = CallResult

    call_list = models.ForeignKey(CallList, models.PROTECT, related_name="people", verbose_name=_("call list"))
    promotion = models.ForeignKey(
        Promotion, models.PROTECT, related_name="+", verbose_name=_("promotion"), db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="promotion_calls", verbose_name=_("customer"), db_index=False
    )
    phone = models.CharField(_("phone"), max_length=16, help_text=_("E.164, such as +393331234567"))
    consent = models.ForeignKey(
        Consent, models.PROTECT, related_name="+", verbose_name=_("consent that allowed it"), db_index=False
    )
    checked = models.ForeignKey(
        CheckedNumber, models.PROTECT, related_name="+", verbose_name=_("check of the number"), db_index=False
    )
    listed_at = models.DateTimeField(_("listed at"), default=timezone.now)
    result = models.CharField(_("result of the call"), max_length=14, choices=CallResult.choices, blank=True)
    again_on = models.DateField(_("to be rung again on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    result_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by"), db_index=False
    )
    result_at = models.DateTimeField(_("entered at"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("calls"), default=0)

    objects = CalledPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person to ring")
        verbose_name_plural = _("people to ring")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["promotion", "customer"], name="called_about_a_promotion_once"),
            models.CheckConstraint(condition=Q(phone__regex=PHONE), name="called_number_is_e164"),
            models.CheckConstraint(
                condition=Q(result="", result_by__isnull=True, result_at__isnull=True, tries=0)
                | is_among("result", CallResult) & Q(result_by__isnull=False, result_at__isnull=False, tries__gt=0),
                name="call_result_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(result="call_again", again_on__isnull=False)
                | ~Q(result="call_again") & Q(again_on__isnull=True),
                name="called_again_has_its_day",
            ),
        ]
        indexes = [
            # When a person was last rung about a promotion; and their file.
            models.Index(fields=["customer", "-listed_at"], name="calls_of_customer"),
        ]
        triggers = [
            *never_deleted(),
            fixed(
                "listed_is_fixed", ["call_list", "promotion", "customer", "phone", "consent", "checked", "listed_at"]
            ),
            fixed(
                "end_of_calls_is_fixed",
                ["result", "again_on", "note", "result_by", "result_at", "tries"],
                once=pgtrigger.Q(old__result__in=[str(each) for each in OVER]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_list_id}: {self.customer}"

    @property
    def is_over(self) -> bool:
        """Whether the person is not to be rung any more."""
        return self.result in OVER
