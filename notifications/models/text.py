"""`NoticeText`: a text of a kind of notice as it was written, approved by somebody else and in force from a moment; and what happened to it.

Version 0 is the text in the project's files: it has no row, and counts wherever no row does.
"""

from datetime import datetime
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import User
from foundation.constraints import is_among, one_of
from foundation.guards import Guard, append_only, fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned
from notifications.kinds import LONGEST_CODE, name_of
from notifications.texts.mediums import Medium

LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
LONGEST_SUBJECT = 500  # with its words in braces; as it is made, 250


class TextState(models.TextChoices):
    """How far a text has come."""

    DRAFT = "draft", pgettext_lazy("text", "draft")
    SUBMITTED = "submitted", pgettext_lazy("text", "waits for approval")
    APPROVED = "approved", pgettext_lazy("text", "approved")
    WITHDRAWN = "withdrawn", pgettext_lazy("text", "withdrawn")


State = TextState
NEXT: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.DRAFT, State.APPROVED, State.WITHDRAWN}),
    State.APPROVED: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}
OPEN = (State.DRAFT, State.SUBMITTED)
# What the approver read: it remains as it was approved.
WHAT_WAS_READ = ("subject", "body", "change_note", "wanted_from", "valid_until")


class NoticeTextQuerySet(models.QuerySet["NoticeText"]):
    """Questions asked about texts. They are about no customer: who may read one may read all."""

    def for_list(self) -> "NoticeTextQuerySet":
        """With what a list of texts shows; the bodies remain in the database."""
        return self.select_related("last_written_by", "approved_by").defer("body")

    def of(self, kind: str, medium: str, language: str) -> "NoticeTextQuerySet":
        """The versions of one text, the newest first."""
        return self.filter(kind=kind, medium=medium, language=language).order_by("-number")

    def open(self) -> "NoticeTextQuerySet":
        """Being written, or waiting for approval."""
        return self.filter(state__in=OPEN)

    def approved(self) -> "NoticeTextQuerySet":
        """Approved and not withdrawn: they count, counted, or will."""
        return self.filter(state=State.APPROVED)

    def counting_at(self, moment: datetime) -> "NoticeTextQuerySet":
        """Of each text those that may count at the moment, the last to begin first: the first of them is the one in force."""
        begun = self.approved().filter(Q(valid_until__isnull=True) | Q(valid_until__gt=moment), valid_from__lte=moment)
        return begun.order_by("kind", "medium", "language", "-valid_from")


def _moves() -> pgtrigger.Q:
    """The changes of state that `NEXT` does not have."""
    allowed = pgtrigger.Q(old__state=pgtrigger.F("new__state"))
    for old, new in NEXT.items():
        if new:
            allowed |= pgtrigger.Q(old__state=str(old), new__state__in=sorted(map(str, new)))
    return ~allowed


@keep_history()
class NoticeText(Versioned):
    """One version of a text. Of those approved, the last to begin is in force, until a later one begins or its own end.

    `wanted_from` is what the writer asked for, empty for "once it is approved"; `valid_from` is what came of it, set by the
    approval and never in the past then. So an approval changes no notice that was made before it.
    """

    State = TextState
    Medium = Medium
    NEXT = NEXT

    kind = models.CharField(_("kind"), max_length=LONGEST_CODE)
    medium = models.CharField(_("text for"), max_length=7, choices=Medium.choices)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    number = models.PositiveIntegerField(_("version"))
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT, blank=True)
    body = models.TextField(_("text"))
    change_note = models.CharField(_("what changes, and why"), max_length=500)
    written_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("text", "written by"), db_index=False
    )
    last_written_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("text", "last written by"), db_index=False
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
    wanted_from = models.DateTimeField(_("to count from"), null=True, blank=True)
    valid_from = models.DateTimeField(_("counts from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("counts until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = NoticeTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a notice")
        verbose_name_plural = _("texts of notices")
        ordering = ["-pk"]
        permissions = [("approve_noticetext", "Can approve a text of a notice that somebody else wrote")]
        constraints = [
            one_of("state", TextState, name="text_state_is_known"),
            one_of("medium", Medium, name="text_medium_is_known"),
            models.CheckConstraint(condition=Q(language__in=["it", "en"]), name="text_language_is_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="text_version_begins_at_one"),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(body=""), name="text_has_kind_and_words"),
            models.CheckConstraint(
                condition=Q(medium="message") & ~Q(subject="") | Q(medium="short", subject=""),
                name="text_of_a_message_has_a_subject",
            ),
            models.CheckConstraint(
                condition=~Q(subject__contains="\n") & ~Q(subject__contains="\r"), name="text_subject_is_one_line"
            ),
            # Nobody approves their own words.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=F("written_by")) & ~Q(approved_by=F("last_written_by")),
                name="text_approved_by_another",
            ),
            models.CheckConstraint(
                condition=is_among("state", OPEN)
                & Q(approved_by__isnull=True, approved_at__isnull=True, valid_from__isnull=True)
                | Q(state="approved", approved_by__isnull=False, approved_at__isnull=False, valid_from__isnull=False)
                | Q(state="withdrawn"),
                name="text_approved_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_from__gte=F("approved_at")),
                name="text_counts_from_its_approval",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | (Q(valid_from__isnull=True) | Q(valid_from__lt=F("valid_until")))
                & (Q(wanted_from__isnull=True) | Q(wanted_from__lt=F("valid_until"))),
                name="text_begins_before_it_ends",
            ),
            models.UniqueConstraint(fields=["kind", "medium", "language", "number"], name="text_version_is_one"),
            models.UniqueConstraint(
                fields=["kind", "medium", "language"],
                condition=is_among("state", OPEN),
                name="text_written_once_at_a_time",
            ),
            # With the rule that the last to begin counts: one at most at any moment.
            models.UniqueConstraint(
                fields=["kind", "medium", "language", "valid_from"],
                condition=Q(state="approved"),
                name="text_begins_alone",
            ),
        ]
        indexes = [
            # What every worker reads once in a while: the texts that count or will.
            models.Index(
                fields=["kind", "medium", "language", "-valid_from"],
                name="text_approved",
                condition=Q(state="approved"),
            ),
        ]
        triggers = [
            *never_deleted(),
            fixed("which_text_is_fixed", ["kind", "medium", "language", "number", "written_by", "created_at"]),
            fixed(
                "what_was_read_is_fixed",
                WHAT_WAS_READ,
                once=pgtrigger.Q(old__state__in=["submitted", "approved", "withdrawn"]),
            ),
            fixed(
                "text_approval_is_fixed",
                ["approved_by", "approved_at", "valid_from", "last_written_by"],
                once=pgtrigger.Q(old__approved_by__isnull=False),
            ),
            Guard(name="text_moves_by_the_table", operation=pgtrigger.UpdateOf("state"), condition=_moves()),
        ]

    def __str__(self) -> str:
        words = {"kind": name_of(self.kind), "number": self.number, "language": self.get_language_display()}
        if self.medium == Medium.SHORT:
            return str(_("%(kind)s – SMS, %(language)s, version %(number)d") % words)
        return str(_("%(kind)s – %(language)s, version %(number)d") % words)

    def can_become(self, state: str) -> bool:
        """Whether the table of states allows the move."""
        return state in NEXT[State(self.state)]

    def is_own(self, user: Any) -> bool:
        """Whether the user wrote any of it: such a person does not approve it."""
        return user.pk in (self.written_by_id, self.last_written_by_id)


class NoticeTextEvent(models.Model):
    """What happened to a text: who moved it, when, from which state to which, with which words. Rows are added only."""

    text = models.ForeignKey(NoticeText, models.CASCADE, related_name="events", verbose_name=_("text"), db_index=False)
    old = models.CharField(_("before"), max_length=9, choices=State.choices)
    new = models.CharField(_("after"), max_length=9, choices=State.choices)
    words = models.CharField(_("why"), max_length=1_000, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"), db_index=False)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("event of a text")
        verbose_name_plural = _("events of a text")
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(old=F("new")), name="text_event_changes_the_state")]
        # A text's own events, newest first, on its page.
        indexes = [models.Index(fields=["text", "-at"], name="event_of_text")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_old_display()} → {self.get_new_display()}"
