"""From a row of a CSV, by the mapping, to a call: pure, one row at a time."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.files.mapping import code_in, flag_in
from foundation.files.moments import came_twice, moment
from foundation.files.reading import Row
from foundation.files.report import RowRefused

from . import cells
from .mapping import CallsMap
from .records import ANSWERED, OPEN, CallRecord, broken_rule, is_ahead

TOLERANCE_SECONDS = 2  # by which a stated duration may differ from the moments around it


def rule_words(rule: str) -> tuple[str, str]:
    """Reason and hint, in words, for a rule that `records.broken_rule` found broken."""
    return {
        "negative": (_("a duration is negative"), _("Check the columns and units of the durations.")),
        "answered_before_queued": (_("answered before it was queued"), _("Check which moment each column holds.")),
        "ended_before_begun": (
            _("ended before it was answered or queued"),
            _("Check which moment each column holds."),
        ),
        "too_long": (_("longer than a day"), _("Check the units of the durations and the dates.")),
        "too_early": (
            _("lies before 1990"),
            _("Check the date and its format: some systems write 1900 or 1970 for none."),
        ),
        "future": (_("lies in the future"), _("Check the date format: day and month may be swapped.")),
        "talk_unanswered": (_("not answered, but with talk"), _("Check what the mapping calls answered.")),
        "resolved_unanswered": (_("resolved without being answered"), _("Check what the mapping calls resolved.")),
    }[rule]


def give_a_key() -> str:
    """What to do about a row without a key."""
    return _("Give the row a key, or choose other columns in [id] of the mapping.")


class CallReader:
    """Makes calls of rows; what is doubtful about a call, such as a duration that its moments contradict, is on it."""

    def __init__(self, mapping: CallsMap, *, now: datetime):
        self.mapping, self.now = mapping, now
        self._doubts: list[str] = []

    def call(self, row: Row) -> CallRecord:
        """The call that a row describes; its `external_id` is "" when the file has no key (see `identity`).

        Raises RowRefused naming the column, the value and the reason.
        """
        mapping = self.mapping
        self._doubts = []
        blank = mapping.blank
        texts = (
            {name: "" if text.casefold() in blank else text for name, text in row.cells.items()}
            if blank
            else row.cells
        )
        found = {name: self._moment(name, texts) for name in mapping.moments}
        self._settle_autumn(found, texts)
        spans = {name: self._span(name, texts) for name in mapping.durations}
        disposition = self._disposition(texts, found, spans)
        answered = disposition == ANSWERED
        queued_at, answered_at, ended_at = self._moments(found, spans, answered, disposition == OPEN)
        self._settle(spans, queued_at, answered_at, ended_at, answered, found)
        call = CallRecord(
            external_id=self._id(texts),
            line=code_in(mapping.line, texts),
            queued_at=queued_at,
            disposition=disposition,
            answered_at=answered_at,
            ended_at=ended_at,
            agent=code_in(mapping.agent, texts),
            topic=code_in(mapping.topic, texts),
            customer=code_in(mapping.customer, texts),
            wait_seconds=spans.get("wait"),
            talk_seconds=spans.get("talk"),
            hold_seconds=spans.get("hold"),
            wrap_seconds=spans.get("wrap"),
            transferred=bool(mapping.transferred and flag_in(mapping.transferred, texts)),
            resolved=flag_in(mapping.resolved, texts) if mapping.resolved else None,
            rating=self._rating(texts),
        )
        if not call.line:
            raise RowRefused(
                mapping.line.column, _("the line is blank"), _("Give [line] blank in the mapping."), value=""
            )
        if mapping.caller.column:
            self._caller(call, texts)
        if broken := broken_rule(call, now=self.now):
            reason, hint = rule_words(broken)
            column, value = self._culprit(broken, texts)
            raise RowRefused(column, reason, hint, value=value, code=broken)
        if is_ahead(self.now, call.queued_at, call.answered_at, call.ended_at):
            self._doubts.append("ahead")
        call.doubts = tuple(self._doubts)
        return call

    def identity(self, row: Row) -> str:
        """A key made of the cells that [id] columns names: 32 hexadecimal digits, the same for the same cells.

        Raises RowRefused when all of them are blank.
        """
        parts = [row.cells.get(column, "") for column in self.mapping.id_columns]
        if not any(parts):
            raise RowRefused(
                self.mapping.id_columns[0], _("the columns of the key are all blank"), give_a_key(), value=""
            )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    # --- Parts of a call

    def _id(self, texts: Mapping[str, str]) -> str:
        column = self.mapping.id_column
        if not column:
            return ""
        text = texts[column]
        if not text:
            raise RowRefused(column, _("the key is blank"), give_a_key(), value="")
        if len(text) > 120:
            raise RowRefused(column, _("the key is longer than 120 characters"), value=text[:80] + "…")
        return text

    def _settle_autumn(self, found: dict[str, datetime | None], texts: Mapping[str, str]) -> None:
        """Of the hour that comes twice, take the second where the first would put a moment before an earlier one."""
        mapping = self.mapping
        latest: datetime | None = None
        if mapping.ambiguous != "first":
            return
        for name in ("queued", "answered", "ended"):
            at = found.get(name)
            if at is None:
                continue
            if came_twice(at, mapping.zone):
                later = self._moment(name, texts, ambiguous="second")
                if latest is not None and later is not None and at < latest <= later:
                    found[name] = at = later
                elif later != at and "autumn" not in self._doubts:
                    self._doubts.append("autumn")
            latest = at if latest is None else max(latest, at)

    def _moment(self, name: str, texts: Mapping[str, str], *, ambiguous: str = "") -> datetime | None:
        rule = self.mapping.moments[name]
        parts = [texts[column] for column in rule.columns]
        if not any(parts):
            return None
        try:
            if not all(parts):
                raise ValidationError(_("date or time is blank"))
            return moment(" ".join(parts), rule.formats, self.mapping.zone, ambiguous or self.mapping.ambiguous)
        except ValidationError as error:
            raise RowRefused(
                rule.columns[0],
                error.messages[0],
                _("Correct the cell, or [time] in the mapping."),
                value=" ".join(parts),
            ) from None

    def _span(self, name: str, texts: Mapping[str, str]) -> int | None:
        rule = self.mapping.durations[name]
        text = texts[rule.column]
        if not text:
            return None
        try:
            seconds = cells.seconds(text, rule.unit, self.mapping.decimal)
        except ValidationError as error:
            raise RowRefused(
                rule.column, error.messages[0], _("Correct the cell, or its unit in the mapping."), value=text
            ) from None
        if seconds < 0:
            raise RowRefused(rule.column, *rule_words("negative"), value=text, code="negative")
        if seconds > 86_400:
            raise RowRefused(rule.column, *rule_words("too_long"), value=text, code="too_long")
        return seconds

    def _disposition(self, texts: Mapping[str, str], found: Mapping, spans: Mapping) -> str:
        mapping = self.mapping
        stated = code_in(mapping.disposition, texts)
        talked = bool(spans.get("talk") or found.get("answered"))
        if mapping.answered:
            answered = flag_in(mapping.answered, texts)
            if stated and (stated == ANSWERED) != answered and stated != OPEN:
                column = mapping.disposition.column
                raise RowRefused(
                    column, _("contradicts the column that says whether it was answered"), value=texts[column]
                )
        elif stated:
            answered = stated == ANSWERED
        else:
            answered = talked
        if talked and not answered and stated != OPEN:
            column, value = self._culprit("talk_unanswered", texts)
            raise RowRefused(column, *rule_words("talk_unanswered"), value=value, code="talk_unanswered")
        if answered:
            return ANSWERED
        return stated or mapping.not_answered

    def _moments(
        self, found: Mapping, spans: Mapping, answered: bool, still_open: bool
    ) -> tuple[datetime, datetime | None, datetime | None]:
        """Queued, answered and ended: as stated, or worked out from the durations beside those that are stated."""
        wait = timedelta(seconds=spans.get("wait") or 0)
        talk = timedelta(seconds=(spans.get("talk") or 0) + (spans.get("hold") or 0))
        queued, picked, ended = (found.get(name) for name in ("queued", "answered", "ended"))
        if not answered and not still_open:
            talk = timedelta(0)
        if queued is None:
            if picked is not None:
                queued = picked - wait
            elif ended is not None:
                queued = ended - talk - wait
            else:
                column = next(iter(self.mapping.moments.values())).columns[0]
                raise RowRefused(column, _("the moment of the call is blank"), value="")
        if answered and picked is None:
            picked = queued + wait if "wait" in spans or ended is None else max(queued, ended - talk)
        if ended is None and not still_open:
            ended = picked + talk if answered and picked is not None else queued + wait
        if still_open and ended is not None:
            column = self.mapping.moments["ended"].columns[0]
            raise RowRefused(column, _("has an end, but is recorded as still open"), value=ended.isoformat())
        return queued, picked, ended

    def _settle(self, spans, queued_at, answered_at, ended_at, answered, found) -> None:
        """Fill the seconds that are not stated; where stated moments contradict stated seconds, the moments win."""
        wait = None
        if found.get("queued") and (found.get("answered") or (not answered and found.get("ended"))):
            wait = round(((answered_at or ended_at) - queued_at).total_seconds())
        talk = None
        if answered and found.get("answered") and found.get("ended"):
            talk = round((ended_at - answered_at).total_seconds()) - (spans.get("hold") or 0)
        for name, measured in (("wait", wait), ("talk", talk)):
            if measured is None or measured < 0:
                continue
            stated = spans.get(name)
            if stated is None:
                spans[name] = measured
            elif abs(stated - measured) > TOLERANCE_SECONDS:
                self._doubts.append(name)
                spans[name] = measured
        if answered and spans.get("wait") is None:
            self._doubts.append("no_wait")
        if answered and spans.get("talk") is None:
            self._doubts.append("no_talk")

    def _rating(self, texts: Mapping[str, str]) -> int | None:
        rule = self.mapping.rating
        text = code_in(rule, texts)
        if not text:
            return None
        if text in ("1", "2", "3", "4", "5"):
            return int(text)
        if rule.unknown == "ignore":
            return None
        raise RowRefused(rule.column, _("a rating is a number from 1 to 5"), value=text)

    def _caller(self, call: CallRecord, texts: Mapping[str, str]) -> None:
        rule = self.mapping.caller
        text = texts[rule.column]
        call.caller_stated = text[:60]
        try:
            call.caller = cells.caller(text, rule.region)
        except ValidationError as error:
            if rule.unknown == "refuse":
                raise RowRefused(
                    rule.column,
                    error.messages[0],
                    _('Correct the number, or set [caller] invalid = "ignore".'),
                    value=text,
                ) from None
            self._doubts.append("caller")

    def _culprit(self, broken: str, texts: Mapping[str, str]) -> tuple[str, str]:
        """The column and value to show for a broken rule."""
        mapping = self.mapping
        moments, durations = mapping.moments, mapping.durations
        column = ""
        if broken == "talk_unanswered" and "talk" in durations:
            column = durations["talk"].column
        elif broken == "resolved_unanswered" and mapping.resolved:
            column = mapping.resolved.column
        elif broken == "answered_before_queued" and "answered" in moments:
            column = moments["answered"].columns[0]
        elif broken == "ended_before_begun" and "ended" in moments:
            column = moments["ended"].columns[0]
        column = column or next(iter(moments.values())).columns[0]
        return column, texts.get(column, "")
