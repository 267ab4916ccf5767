"""`TopicQuestion`: what the guided request asks about a topic, as dated data in Italian and English."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.validators import validate_one_line
from foundation.constraints import one_of
from foundation.naming import in_language

from .dated import ValidOnQuerySet
from .topic import Topic

_CHOICE = re.compile(r"\s*([a-z0-9_-]{1,30})\s*\|([^|]+)(?:\|([^|]+))?")


class QuestionKind(models.TextChoices):
    """What kind of answer a question takes."""

    TEXT = "text", _("short text")
    LONG_TEXT = "long_text", _("long text")
    DATE = "date", _("date")
    PAST_DATE = "past_date", _("date, not in the future")
    CHOICE = "choice", _("choice")
    YES_NO = "yes_no", _("yes or no")
    PLATE = "plate", _("number plate")
    POLICY_NUMBER = "policy_number", _("policy number")
    CLAIM_NUMBER = "claim_number", _("claim number")
    PHONE = "phone", _("phone")
    AMOUNT = "amount", _("amount in euro")


class TopicQuestion(models.Model):
    """One question of a topic's guided request. It is not deleted but ends on a day: answers keep the words they were given to."""

    Kind = QuestionKind

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="questions", verbose_name=_("topic"), db_index=False)
    code = models.SlugField(_("code"), max_length=30, db_index=False)
    kind = models.CharField(_("kind"), max_length=13, choices=Kind.choices)
    label = models.CharField(_("question"), max_length=200, validators=[validate_one_line])
    label_en = models.CharField(_("question, in English"), max_length=200, blank=True, validators=[validate_one_line])
    help = models.CharField(_("help"), max_length=300, blank=True, validators=[validate_one_line])
    help_en = models.CharField(_("help, in English"), max_length=300, blank=True, validators=[validate_one_line])
    choices = models.TextField(
        _("choices"),
        blank=True,
        help_text=_("One a line: code | in Italian | in English. For the kind “choice” only."),
    )
    required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("question of a topic")
        verbose_name_plural = _("questions of a topic")
        ordering = ["topic", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "code"], name="question_code_once_per_topic"),
            one_of("kind", QuestionKind, name="question_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="choice") & ~Q(choices="") | ~Q(kind="choice") & Q(choices=""),
                name="question_has_choices_if_it_is_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="question_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_label

    def clean(self) -> None:
        """Refuse choices that cannot be read."""
        super().clean()
        if self.kind != self.Kind.CHOICE:
            if self.choices.strip():
                raise ValidationError({"choices": _("Only a question of the kind “choice” has choices.")})
            return
        lines = [line for line in self.choices.splitlines() if line.strip()]
        found = [match for line in lines if (match := _CHOICE.fullmatch(line))]
        if len(lines) < 2 or len(found) < len(lines):
            raise ValidationError(
                {
                    "choices": _(
                        "Write two or more, one a line: code | in Italian | in English. The code has small letters, digits and dashes."
                    )
                }
            )
        if len({each[1] for each in found}) < len(lines):
            raise ValidationError({"choices": _("Two choices have the same code.")})

    @property
    def shown_label(self) -> str:
        """The question in the reader's language, where it is known in it."""
        return in_language(self.label, self.label_en)

    @property
    def shown_help(self) -> str:
        """The help in the reader's language, where it is known in it."""
        return in_language(self.help, self.help_en)

    @property
    def shown_choices(self) -> list[tuple[str, str]]:
        """(code, words in the reader's language) of each choice, in order."""
        found = (_CHOICE.fullmatch(line) for line in self.choices.splitlines() if line.strip())
        return [(each[1], in_language(each[2], each[3] or "").strip()) for each in found if each]
