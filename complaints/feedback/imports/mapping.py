"""The mapping file of `import_feedback`: which column of a store's file is what (docs/formats/feedback.md explains it)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from complaints.models import Feedback, StoreRatings
from foundation.files.mapping import Section, file_and_time, formats_in, read_mapping
from foundation.files.reading import UnusableInput, said_of

STORES = tuple(each.value for each in Feedback.STORES)
PLATFORMS = {Feedback.Source.APP_STORE.value: "iOS", Feedback.Source.GOOGLE_PLAY.value: "Android"}


@dataclass(frozen=True, slots=True)
class MomentRule:
    """A moment, in one column or in several whose texts are joined by a blank."""

    columns: tuple[str, ...]
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedbackMap:
    """A whole mapping file: of reviews, or (`counts`) of ratings that the store counted."""

    store: str
    encoding: str = ""
    delimiter: str = ""
    blank: frozenset[str] = frozenset()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Rome"))
    ambiguous: str = "first"
    id_columns: tuple[str, ...] = ()
    is_id_made: bool = False  # of the cells of several columns
    received: MomentRule | None = None
    rating: str = ""
    ratings: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    version: str = ""
    platform: str = ""
    platform_is: str = ""
    reply: str = ""
    replied: MomentRule | None = None
    counts: Mapping[int, str] = field(default_factory=dict)  # stars to column

    @classmethod
    def from_file(cls, path: str) -> "FeedbackMap":
        """Read a mapping file; UnusableInput says what is wrong with it and what would be right."""
        data = read_mapping(path)
        with said_of(path):
            return cls.from_data(data)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "FeedbackMap":
        """The mapping that parsed TOML describes."""
        top = Section("", data)
        kept = file_and_time(top)
        kept.pop("decimal", None)
        formats = kept.pop("formats")
        store = top.required_section("store")
        kept["store"] = store.choice("is", ("", *STORES)) or ""
        if not kept["store"]:
            raise UnusableInput(
                _("The mapping's [store] is must be one of: %(stores)s.") % {"stores": ", ".join(STORES)}
            )
        store.finish()
        kept["received"] = _moment(top.required_section("received"), formats)
        version = top.section("version")
        kept["version"] = version.text("column", required=True) if version else ""
        if version:
            version.finish()
        if (counts := top.section("counts")) is not None:
            kept["counts"] = {
                stars: column for stars, name in StoreRatings.BY_STARS.items() if (column := counts.text(name))
            }
            counts.finish()
            if not kept["counts"]:
                raise UnusableInput(_("The mapping's [counts] names no column."))
        else:
            kept |= _review(top, formats, kept["store"])
        top.finish(also=() if counts is not None else ("counts",))
        return cls(**kept)

    @property
    def columns(self) -> list[str]:
        """Every column the mapping reads, each once: what the file must have."""
        moments = [rule.columns for rule in (self.received, self.replied) if rule]
        found = [*self.id_columns, *(column for columns in moments for column in columns), self.rating, *self.texts]
        found += [self.version, self.platform, self.reply, *self.counts.values()]
        return list(dict.fromkeys(filter(None, found)))


def _review(top: Section, formats: tuple[str, ...], store: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    identity = top.required_section("id")
    column, columns = identity.text("column"), identity.texts("columns")
    if bool(column) == bool(columns):
        raise UnusableInput(_("The mapping needs one of [id] column (a key) and [id] columns (to make a key of)."))
    kept["id_columns"], kept["is_id_made"] = columns or (column,), bool(columns)
    identity.finish()
    if (rating := top.section("rating")) is not None:
        kept["rating"], kept["ratings"] = rating.text("column", required=True), rating.table("values") or {}
        rating.finish()
    if (text := top.section("text")) is not None:
        kept["texts"] = text.texts("columns") or text.texts("column")
        text.finish()
    if not kept.get("rating") and not kept.get("texts"):
        raise UnusableInput(_("The mapping needs [rating] or [text]."))
    if (platform := top.section("platform")) is not None:
        kept["platform"], kept["platform_is"] = platform.text("column"), platform.text("constant")
        platform.finish()
    kept["platform_is"] = kept.get("platform_is") or PLATFORMS[store]
    if (reply := top.section("reply")) is not None:
        kept["reply"] = reply.text("column", required=True)
        posted = reply.required_section("posted")
        kept["replied"] = _moment(posted, formats)
        reply.finish()
    return kept


def _moment(section: Section, formats: tuple[str, ...]) -> MomentRule:
    columns = section.texts("columns") or section.texts("column")
    if not columns:
        raise UnusableInput(_("The mapping's %(section)s needs a column.") % {"section": section.key("")})
    rule = MomentRule(columns, formats_in(section) or formats)
    section.finish()
    return rule
