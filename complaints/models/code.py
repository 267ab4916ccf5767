"""`Code`: a word of the register's classification, and `CodeField`: a column that holds one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.constraints import one_of
from foundation.guards import fixed, never_deleted
from foundation.history import keep_history
from foundation.models import Versioned
from foundation.naming import NamedInTwoLanguages

LONGEST_WORD = 20

# For a trigger of a table whose rows name reasons (`reason_codes`): what a foreign key would be, for words.
NO_SUCH_REASON = (
    "IF EXISTS (SELECT FROM unnest(NEW.reason_codes) AS given (word) WHERE NOT EXISTS (SELECT FROM complaints_code c "
    "WHERE c.list = 'reason' AND c.word = given.word)) OR cardinality(NEW.reason_codes) <> "
    "(SELECT count(DISTINCT given.word) FROM unnest(NEW.reason_codes) AS given (word)) THEN "
    "RAISE EXCEPTION 'There is no such reason, or one is given twice' USING ERRCODE = 'foreign_key_violation'; END IF; "
)


class CodeList(models.TextChoices):
    """The lists of codes. Each is one column of the register, or two."""

    AREA = "area", _("business areas")
    REASON = "reason", _("reasons of complaints")
    PRODUCT = "product", _("products")
    COMPLAINANT = "complainant", _("kinds of complainant")
    PROPOSER = "proposer", _("proposers")
    CHANNEL = "channel", _("channels of receipt and of answer")
    OUTCOME = "outcome", _("outcomes")
    NOT_TREATABLE = "not_treatable", _("causes of non-treatability")
    INTERMEDIARY = "intermediary", _("types of intermediary")
    DISTRIBUTION = "distribution", _("channels of distribution")
    VALUE_BAND = "value_band", _("value bands")
    CANCELLED = "cancelled", _("causes of cancellation")


# What a word of these means is decided by rules of the program (what a letter says, which reasons it needs): a word that
# no rule knows would be half a word. They are renamed, dated and placed, and none is added.
CLOSED_LISTS = (CodeList.OUTCOME,)


class CodeQuerySet(models.QuerySet["Code"]):
    """Questions asked about codes."""

    def valid(self, on: date) -> "CodeQuerySet":
        """Those that may be given to a complaint received on the day."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
        return self.filter(begun, Q(valid_to__isnull=True) | Q(valid_to__gte=on))


@keep_history()
class Code(NamedInTwoLanguages, Versioned):
    """A word of a list: what people read for it, when it may be given, and its line in the tables of the return.

    Complaints store the word, which never changes and is never deleted. `valid_from` and `valid_to` are days of receipt:
    a complaint received outside them is not given the code, and keeps it if it has it.
    """

    List = CodeList

    list = models.CharField(_("list"), max_length=16, choices=List.choices)
    word = models.SlugField(
        _("word"),
        max_length=LONGEST_WORD,
        db_index=False,
        help_text=_("What is stored and what files hold: lower-case letters, digits, underscores. It never changes"),
    )
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name, in English"), max_length=120)
    area = models.CharField(
        _("business area"),
        max_length=LONGEST_WORD,
        blank=True,
        help_text=_("Of a reason: the area within which it is chosen"),
    )
    from_euro = models.DecimalField(
        _("from (euro)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Of a value band: the smallest value in it. It reaches to the next band"),
    )
    return_line = models.CharField(
        _("line in the return"),
        max_length=40,
        blank=True,
        help_text=_(
            "The line of the half-year return under which it is counted; several codes may share one. The supervisor's "
            "own codes were not to be had: enter them here when they are"
        ),
    )
    place = models.PositiveSmallIntegerField(
        pgettext_lazy("in a list", "place"), default=100, help_text=_("Lists show the smallest first")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("code of the register")
        verbose_name_plural = _("codes of the register")
        ordering = ["list", "place", "name"]
        constraints = [
            models.UniqueConstraint(fields=["list", "word"], name="code_word_once_in_a_list"),
            one_of("list", CodeList, name="code_list_is_known"),
            models.CheckConstraint(
                condition=Q(word__regex=r"^[a-z0-9][a-z0-9_]*$") & ~Q(name="") & ~Q(name_en=""),
                name="code_has_a_word_and_names",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="code_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(area="") | Q(list="reason"), name="code_area_only_of_a_reason"),
            models.CheckConstraint(
                condition=Q(list="value_band", from_euro__isnull=False, from_euro__gte=0)
                | ~Q(list="value_band") & Q(from_euro__isnull=True),
                name="code_value_only_of_a_band",
            ),
        ]
        triggers = [*never_deleted(), fixed("code_word_never_changes", ["list", "word"])]

    def __str__(self) -> str:
        return self.shown_name

    def is_valid(self, on: date) -> bool:
        """Whether it may be given to a complaint received on the day, both ends included."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class CodeField(models.CharField):
    """A column that holds a word of a list, or "" for none. What people read for it is data (`Code`), not choices.

    A trigger of the table refuses a word that its list does not have. In migrations it is a plain CharField.
    """

    def __init__(self, *args: Any, code_list: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_WORD)
        super().__init__(*args, **kwargs)
        self.code_list = code_list

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """The column alone: a change of a list is no migration."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def clone(self) -> "CodeField":
        """The same field, which `deconstruct` alone would not give."""
        _name, _path, args, kwargs = super().deconstruct()
        return type(self)(*args, code_list=self.code_list, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """With `get_<field>_display`, as a field with choices has it."""
        super().contribute_to_class(cls, name, private_only)
        if self.code_list and f"get_{name}_display" not in cls.__dict__:
            setattr(cls, f"get_{name}_display", lambda row: label_of(self.code_list, getattr(row, name)))

    @property
    def flatchoices(self) -> list[tuple[str, str]]:
        """The words of the list with their names, whether they are still given or not."""
        return [("", str(_("not classified"))), *((each.word, each.shown_name) for each in codes_of(self.code_list))]


class CodesField(ArrayField):
    """A column that holds several words of a list, in their order. In migrations it is a plain ArrayField."""

    def __init__(self, base_field: models.Field | None = None, *, code_list: str = "", **kwargs: Any) -> None:
        super().__init__(base_field or models.CharField(max_length=LONGEST_WORD), **kwargs)
        self.code_list = code_list

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """The column alone, as of `CodeField`."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.contrib.postgres.fields.ArrayField", args, kwargs

    def clone(self) -> "CodesField":
        """The same field, which `deconstruct` alone would not give."""
        _name, _path, args, kwargs = super().deconstruct()
        return type(self)(*args, code_list=self.code_list, **kwargs)

    def in_words(self, value: Iterable[str] | None) -> str:
        """What people read for the words."""
        return ", ".join(label_of(self.code_list, word) for word in value or ())


class KnownCodes:
    """The codes as they were read last: some hundred rows, read again for each request and task (`forget`)."""

    _rows: dict[str, dict[str, Code]] | None = None

    def of(self, code_list: str) -> dict[str, Code]:
        """The codes of a list by their word, in the order in which lists show them."""
        if self._rows is None:
            rows: dict[str, dict[str, Code]] = {}
            for code in Code.objects.order_by("place", "name"):
                rows.setdefault(code.list, {})[code.word] = code
            self._rows = rows
        return self._rows.get(code_list, {})

    def forget(self, **_signal: Any) -> None:
        """Read them again when they are next asked for."""
        self._rows = None


KNOWN = KnownCodes()


def codes_of(code_list: str, *, on: date | None = None, beside: Iterable[str] = ()) -> list[Code]:
    """The codes of a list in their order: all, or those valid for a complaint received on the day and those `beside`."""
    kept = set(beside)
    return [each for each in KNOWN.of(code_list).values() if on is None or each.is_valid(on) or each.word in kept]


def code_of(code_list: str, word: str) -> Code | None:
    """The code of a word; None where the list has none."""
    return KNOWN.of(code_list).get(word)


def label_of(code_list: str, word: str) -> str:
    """What people read for a word, in their language; the word itself where the list has none, "" for none."""
    code = code_of(code_list, word)
    return code.shown_name if code else word
