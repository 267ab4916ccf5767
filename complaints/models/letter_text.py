"""`LetterText`: a text of the letters to complainants, approved by somebody else and in force between two days; and what happened to it.

The frame of a letter and the paragraphs that the law adds are rows. The first versions came with the project
(`written_by` is empty); every later one is written by one person and approved by another. A paragraph may be for complaints
about some reasons alone.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.code import NO_SUCH_REASON, CodeList, CodesField
from customers.models import User
from foundation.constraints import is_among
from foundation.guards import Guard, append_only, fixed, never_deleted
from foundation.models import Versioned
from notifications.models.text import LANGUAGES, NEXT, OPEN, TextState

State = TextState
WHAT_WAS_READ = ("body", "reason_codes", "change_note", "source", "is_verified", "wanted_from")
LONGEST_BODY = 4_000


class LetterTextQuerySet(models.QuerySet["LetterText"]):
    """Questions asked about texts of letters. They are about no customer: people who may read one may read all."""

    def of(self, code: str, language: str) -> "LetterTextQuerySet":
        """The versions of one text, the newest first."""
        return self.filter(code=code, language=language).order_by("-number")

    def open(self) -> "LetterTextQuerySet":
        """Being written, or waiting for approval."""
        return self.filter(state__in=OPEN)

    def approved(self) -> "LetterTextQuerySet":
        """Approved and not withdrawn: they count, counted, or will."""
        return self.filter(state=State.APPROVED)

    def in_force(self, on: date) -> "LetterTextQuerySet":
        """Of each text those that may count on the day; of several the last to begin counts, and it comes last here."""
        begun = self.approved().filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
        return begun.order_by("code", "language", "valid_from", "number")

    def for_all(self) -> "LetterTextQuerySet":
        """Those for whatever reason a complaint has."""
        return self.filter(reason_codes=[])

    def named(self, names: Iterable[str], language: str) -> "LetterTextQuerySet":
        """The versions that a letter names (`ivass@1`), in one language; a name that is none finds nothing."""
        wanted = Q(pk__in=[])
        for name in names:
            code, _at, number = name.rpartition("@")
            if number.isascii() and number.isdigit():
                wanted |= Q(code=code, number=int(number))
        return self.filter(wanted, language=language)

    def for_list(self) -> "LetterTextQuerySet":
        """With what a list of texts shows."""
        return self.select_related("last_written_by", "approved_by")


def _moves() -> pgtrigger.Q:
    """The changes of state that `NEXT` does not have."""
    allowed = pgtrigger.Q(old__state=pgtrigger.F("new__state"))
    for old, new in NEXT.items():
        if new:
            allowed |= pgtrigger.Q(old__state=str(old), new__state__in=sorted(map(str, new)))
    return ~allowed


class LetterText(Versioned):
    """One version of a text. Of those approved, the last to begin is in force, until a later one begins or its own last day.

    One that names reasons is for complaints about any of them, and leaves the version for all others where it is: which of
    them a letter takes is the rule of `complaints.letters.texts`. `wanted_from` is the first day that the writer asked for, empty for the day of the approval; `valid_from` is what came
    of it, never before the approval. So an approval changes no letter of an earlier day. `valid_to` is the last day.
    """

    State = TextState
    NEXT = NEXT

    code = models.CharField(_("text"), max_length=30)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    number = models.PositiveIntegerField(_("version"))
    body = models.TextField(_("words"))
    reason_codes = CodesField(
        code_list=CodeList.REASON,
        default=list,
        blank=True,
        verbose_name=_("for complaints about"),
        help_text=_("Any of these reasons; empty for whatever reason"),
    )
    change_note = models.CharField(_("what changes, and why"), max_length=500)
    source = models.CharField(_("where the rule is read"), max_length=300, blank=True)
    is_verified = models.BooleanField(
        _("compared with the law"),
        default=False,
        help_text=_("Somebody has read the source itself, in the version that is in force"),
    )
    written_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("text", "written by"),
        db_index=False,
    )
    last_written_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("text", "last written by"),
        db_index=False,
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    approved_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("text", "approved by"),
        db_index=False,
    )
    approved_at = models.DateTimeField(pgettext_lazy("text", "approved at"), null=True, blank=True)
    wanted_from = models.DateField(_("to count from"), null=True, blank=True)
    valid_from = models.DateField(_("first day"), null=True, blank=True)
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = LetterTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of letters")
        verbose_name_plural = _("texts of letters")
        ordering = ["-pk"]
        permissions = [("approve_lettertext", "Can approve a text of letters that somebody else wrote")]
        constraints = [
            models.CheckConstraint(condition=Q(language__in=["it", "en"]), name="letter_text_language_is_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="letter_text_version_begins_at_one"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(body=""), name="letter_text_has_code_and_words"),
            # Nobody approves their own words. The first versions came with the project, and nobody can add another of those.
            models.CheckConstraint(
                condition=Q(written_by__isnull=False, last_written_by__isnull=False)
                | Q(written_by__isnull=True, last_written_by__isnull=True, number=1, approved_by__isnull=True)
                & Q(state="approved"),
                name="letter_text_has_its_writer",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=F("written_by")) & ~Q(approved_by=F("last_written_by")),
                name="letter_text_approved_by_another",
            ),
            # Another state than these is none.
            models.CheckConstraint(
                condition=is_among("state", OPEN)
                & Q(approved_by__isnull=True, approved_at__isnull=True, valid_from__isnull=True, valid_to__isnull=True)
                | Q(state="approved", approved_at__isnull=False, valid_from__isnull=False)
                & (Q(approved_by__isnull=False) | Q(written_by__isnull=True))
                | Q(state="withdrawn"),
                name="letter_text_approved_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="letter_text_begins_before_it_ends",
            ),
            models.UniqueConstraint(fields=["code", "language", "number"], name="letter_text_version_is_one"),
            models.UniqueConstraint(
                fields=["code", "language"],
                condition=is_among("state", OPEN),
                name="letter_text_written_once_at_a_time",
            ),
        ]
        indexes = [
            # The texts of a letter: what is in force on its day.
            models.Index(
                fields=["language", "valid_from"], name="letter_text_approved", condition=Q(state="approved")
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed("which_letter_text_is_fixed", ["code", "language", "number", "written_by", "created_at"]),
            fixed(
                "letter_text_that_was_read_is_fixed",
                WHAT_WAS_READ,
                once=pgtrigger.Q(old__state__in=["submitted", "approved", "withdrawn"]),
            ),
            fixed(
                "letter_text_approval_is_fixed",
                ["approved_by", "approved_at", "valid_from", "last_written_by"],
                once=pgtrigger.Q(old__approved_at__isnull=False),
            ),
            fixed("letter_text_end_is_fixed", ["valid_to"], once=pgtrigger.Q(old__valid_to__isnull=False)),
            Guard(name="letter_text_moves_by_the_table", operation=pgtrigger.UpdateOf("state"), condition=_moves()),
            pgtrigger.Trigger(
                name="letter_text_reasons_exist",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("reason_codes"),
                when=pgtrigger.Before,
                func=f"{NO_SUCH_REASON}RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

    @property
    def name(self) -> str:
        """How a letter names it: ivass@1."""
        return f"{self.code}@{self.number}"

    def can_become(self, state: str) -> bool:
        """Whether the table of states allows the move."""
        return state in NEXT[State(self.state)]

    def is_own(self, user: Any) -> bool:
        """Whether the user wrote any of it: such a person does not approve it."""
        return user.pk in (self.written_by_id, self.last_written_by_id)


class LetterTextEvent(models.Model):
    """What happened to a text of letters: who moved it or set its last day, with which words. Rows are added only."""

    text = models.ForeignKey(LetterText, models.CASCADE, related_name="events", verbose_name=_("text"), db_index=False)
    old = models.CharField(_("before"), max_length=9, choices=State.choices)
    new = models.CharField(_("after"), max_length=9, choices=State.choices)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    words = models.CharField(_("why"), max_length=1_000, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"), db_index=False)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("event of a text of letters")
        verbose_name_plural = _("events of a text of letters")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(old=F("new")) | Q(ends_on__isnull=False), name="letter_text_event_changes_something"
            )
        ]
        # A text's own events, newest first, on its page.
        indexes = [models.Index(fields=["text", "-at"], name="event_of_letter_text")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_old_display()} → {self.get_new_display()}"
