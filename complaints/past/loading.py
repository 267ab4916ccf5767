"""Write the entries of a past register, a chunk at a time: each chunk is read, compared and written in one transaction.

A chunk costs as many statements for one row as for all that fit: one look at what is stored, one for each kind of row that the
file names, and a COPY for each table. New entries take no number of ours, and nobody is written to. An entry that changed in
the file is updated in what the file gives, with a line in its history, unless somebody here has changed it since.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.codes.checking import MOST_REASONS
from complaints.models import Complaint, ComplaintEvent, PastEntry
from complaints.past.codes import PastCodes
from complaints.past.entries import PastRecord, noon_of
from complaints.past.mapping import CODES, IGNORE, PastMap
from customers.models import Agency, Customer, Policy
from foundation.chunks import in_chunks
from foundation.files.report import Outcome, RowRefused
from foundation.files.upserts import copy_rows, new_ids, rewrite_rows
from foundation.privacy import NOBODY

CHUNK_ROWS = 5_000
PARTS = 16  # of a chunk that the database refuses, written one by one to find the row that is at fault
UNCLASSIFIED = {"complainant_kind": "", "proposer_kind": "", "received_by": "past"}  # where the file states nothing
Kind, State = ComplaintEvent.Kind, Complaint.State
Key = tuple[str, date, int]  # old number, day of receipt in the file, place


@dataclass(frozen=True, slots=True)
class Placed:
    """A record at its place among those of its number and day, with the digest of what is stored there; "" for nothing."""

    place: int
    record: PastRecord
    stored_digest: str = ""

    @property
    def key(self) -> Key:
        return self.record.number, self.record.received_on, self.place


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored entry as its row states it now, its complaint among it: the columns that differ, and what its history says."""

    entry: PastEntry
    names: frozenset[str]
    details: dict[str, Any]


@dataclass(slots=True)
class Result:
    """What became of a record: an outcome, or the reason why it was refused."""

    outcome: Outcome | None = None
    refusal: RowRefused | None = None


class PastLoader:
    """Loads records of one source."""

    def __init__(self, source: str, mapping: PastMap):
        self.source, self.mapping = source, mapping
        self.codes = PastCodes(mapping)
        written = [each for each in Complaint._meta.concrete_fields if not each.generated]
        self._columns = [str(each.column) for each in written]
        self._attributes = [each.attname for each in written]

    def stored(self, keys: Iterable[tuple[str, date]]) -> dict[tuple[str, date], dict[int, str]]:
        """The digests of what is stored of a number and a day, by place."""
        wanted = set(keys)
        rows = PastEntry.objects.filter(source=self.source, old_number__in={number for number, _day in wanted})
        found: dict[tuple[str, date], dict[int, str]] = {}
        for number, received_on, place, digest in rows.values_list("old_number", "received_on", "place", "digest"):
            if (number, received_on) in wanted:
                found.setdefault((number, received_on), {})[place] = digest
        return found

    def write(self, records: Sequence[Placed]) -> list[Result]:
        """Write records; the result of each. What cannot be written is refused alone, and keeps no other back."""
        try:
            return self._write(records)
        except (IntegrityError, DataError) as error:  # the database holds a rule that we do not: narrow it down
            self.codes.forget()
            if len(records) == 1:
                return [Result(refusal=_refused_by_database(error))]
            parts = in_chunks(records, -(-len(records) // PARTS))
            return [result for part in parts for result in self.write(part)]

    @transaction.atomic
    def _write(self, records: Sequence[Placed]) -> list[Result]:
        results = [Result() for _record in records]
        fresh = []
        for number, each in enumerate(records):
            if each.stored_digest == each.record.digest:
                results[number].outcome = Outcome.UNCHANGED
            else:
                fresh.append((number, each))
        self.codes.learn(_texts_to_learn(each.record for _number, each in fresh))
        links = Links(self.mapping, [each.record for _number, each in fresh])
        entries = self._locked([each for _number, each in fresh if each.stored_digest])
        new: list[tuple[int, PastRecord, dict[str, Any]]] = []
        changed: list[Changed] = []
        for number, each in fresh:
            record = each.record
            try:
                given = {**record.given, **self._coded(record), **links.of(record)}
                if each.stored_digest:
                    found = self._changed(entries[each.key], record, given)
                    results[number].outcome = Outcome.UPDATED if found else Outcome.UNCHANGED
                    changed += [found] if found else []
                else:
                    new.append((each.place, record, given))
                    results[number].outcome = Outcome.CREATED
            except RowRefused as refusal:
                results[number].refusal = refusal
        self._create(new)
        self._rewrite(changed)
        return results

    # --- What a record names

    def _coded(self, record: PastRecord) -> dict[str, Any]:
        """The coded columns; RowRefused for what no list has."""
        found: dict[str, Any] = {}
        for section, text in record.coded.items():
            if word := self.codes.word_of(section, text):
                found[CODES[section]] = word
        words = [word for text in record.reasons if (word := self.codes.word_of("reasons", text))]
        if words:
            found["reason_codes"] = list(dict.fromkeys(words))
            if len(found["reason_codes"]) > MOST_REASONS:
                record.doubts.append("many_reasons")
        return found

    def _locked(self, records: list[Placed]) -> dict[Key, PastEntry]:
        """The stored entries of the records, their complaints locked."""
        if not records:
            return {}
        rows = (
            PastEntry.objects.filter(source=self.source, old_number__in={each.record.number for each in records})
            .select_related("complaint__customer", "complaint__policy", "complaint__agency")
            .order_by("complaint_id")
            .select_for_update(of=("complaint",))
        )
        return {(row.old_number, row.received_on, row.place): row for row in rows}

    # --- Writing

    def _create(self, new: list[tuple[int, PastRecord, dict[str, Any]]]) -> None:
        if not new:
            return
        now = timezone.now()
        complaints: list[Complaint] = []
        for _place, record, given in new:
            complaint = Complaint(
                **{**UNCLASSIFIED, "registered_at": noon_of(record.received_on), **given}, old_number=record.number
            )
            complaints.append(complaint)
            _doubt_what_is_missing(record, complaint)
        with connection.cursor() as cursor:
            for complaint, key in zip(complaints, new_ids(cursor, Complaint, len(new)), strict=True):
                complaint.pk = key
            copy_rows(cursor, Complaint, self._columns, (self._cells(each) for each in complaints))
            entries = (
                [
                    complaint.pk,
                    self.source,
                    record.number,
                    record.received_on,
                    place,
                    record.disputed,
                    json.dumps(record.stated),
                    record.digest,
                    complaint.version,
                    now.isoformat(),
                ]
                for complaint, (place, record, _given) in zip(complaints, new, strict=True)
            )
            names = (
                "complaint_id source old_number received_on place disputed stated digest written_version imported_at"
            )
            copy_rows(cursor, PastEntry, names.split(), entries)
            events = [
                [complaint.pk, kind, json.dumps(details), at.isoformat()]
                for complaint, (_place, record, _given) in zip(complaints, new, strict=True)
                for kind, details, at in self._events(complaint, record, now)
            ]
            copy_rows(cursor, ComplaintEvent, ["complaint_id", "kind", "details", "at"], events)

    def _events(
        self, complaint: Complaint, record: PastRecord, now: datetime
    ) -> Iterable[tuple[str, dict[str, Any], datetime]]:
        yield Kind.IMPORTED, {"source": self.source}, now
        if complaint.state == State.WITHDRAWN and record.closed_on:
            yield Kind.WITHDRAWN, {"source": self.source}, noon_of(record.closed_on)

    def _cells(self, complaint: Complaint) -> list[Any]:
        return [_cell(getattr(complaint, name)) for name in self._attributes]

    def _changed(self, entry: PastEntry, record: PastRecord, given: dict[str, Any]) -> "Changed | None":
        """What of an entry its row states otherwise now; None for nothing, RowRefused where the page has the word."""
        complaint = entry.complaint
        if complaint.version != entry.written_version:
            raise RowRefused(
                self.mapping.number,
                _("somebody has changed this entry here since it was imported"),
                _("Correct it on its page: the file does not change it any more."),
            )
        if NOBODY in (complaint.complainant_name, complaint.text, complaint.subject):
            raise RowRefused(
                self.mapping.number,
                _("the person of this entry was erased"),
                _("Leave the row out: what was erased does not come back."),
            )
        changes = {name: value for name, value in given.items() if getattr(complaint, name) != value}
        changes.pop("registered_at", None)  # when it was entered there is written once
        disputed = record.disputed if record.disputed is not None else entry.disputed
        if not changes and (disputed, record.stated) == (entry.disputed, entry.stated):
            return None
        details = {
            name.removesuffix("_id"): [
                _plain(getattr(complaint, name.removesuffix("_id"))),
                _plain(_shown(record, name, value)),
            ]
            for name, value in changes.items()
        }
        for name, value in changes.items():
            setattr(complaint, name, value)
        complaint.version += 1
        entry.disputed, entry.stated, entry.digest = disputed, record.stated, record.digest
        entry.written_version = complaint.version
        _doubt_what_is_missing(record, complaint)
        return Changed(entry, frozenset(changes), {"source": self.source, **details})

    def _rewrite(self, changed: Sequence["Changed"]) -> None:
        """Write the entries that changed, and a line in the history of each."""
        if not changed:
            return
        now = timezone.now().isoformat()
        columns = dict(zip(self._attributes, self._columns, strict=True))
        names = ["id", *sorted(frozenset[str]().union(*(each.names for each in changed))), "version"]
        complaints = [each.entry.complaint for each in changed]
        with connection.cursor() as cursor:
            rewrite_rows(
                cursor,
                Complaint,
                [columns[name] for name in names],
                ([_cell(getattr(each, name)) for name in names] for each in complaints),
            )
            rewrite_rows(
                cursor,
                PastEntry,
                ["id", "disputed", "stated", "digest", "written_version"],
                (
                    [entry.pk, entry.disputed, json.dumps(entry.stated), entry.digest, entry.written_version]
                    for entry in (each.entry for each in changed)
                ),
            )
            events = ([each.entry.complaint_id, Kind.IMPORTED, json.dumps(each.details), now] for each in changed)
            copy_rows(cursor, ComplaintEvent, ["complaint_id", "kind", "details", "at"], events)


class Links:
    """The customers, policies and agencies that the records of a chunk name."""

    def __init__(self, mapping: PastMap, records: list[PastRecord]):
        self.mapping = mapping
        self._customers = self._find_customers({record.customer for record in records} - {""})
        numbers = {record.policy for record in records} - {""}
        policies = Policy.objects.filter(number__in=numbers) if numbers else Policy.objects.none()
        self._policies = {policy.number: policy for policy in policies.only("number", "ramo")}
        names = {self._agency_code(record.agency) for record in records} - {""}
        agencies = Agency.objects.filter(Q(code__in=names) | Q(name__in=names)) if names else Agency.objects.none()
        self._agencies = {text: agency for agency in agencies for text in (agency.name, agency.code)}

    def of(self, record: PastRecord) -> dict[str, Any]:
        """The links of a record, as columns of the complaint; RowRefused for what is unknown and must not be."""
        found: dict[str, Any] = {}
        if record.customer:
            customer = self._customers.get(record.customer.upper())
            if self._known("customer", record, customer):
                found["customer_id"] = customer
        if record.policy:
            policy = self._policies.get(record.policy)
            if self._known("policy", record, policy) and policy is not None:
                found |= {"policy_id": policy.pk}
                if "ramo" not in record.given and policy.ramo:
                    found["ramo"] = policy.ramo
        if record.agency:
            agency = self._agencies.get(self._agency_code(record.agency))
            if self._known("agency", record, agency) and agency is not None:
                found["agency_id"] = agency.pk
            else:
                found.setdefault("intermediary_stated", record.given.get("intermediary_stated", record.agency))
        return found

    def _known(self, name: str, record: PastRecord, row: Any) -> bool:
        if row is not None:
            return True
        rule = getattr(self.mapping, name)
        if rule.unknown == IGNORE:
            record.doubts.append(name)
            return False
        raise RowRefused(
            rule.column,
            {
                "customer": _("there is no such customer"),
                "policy": _("there is no such policy"),
                "agency": _("there is no such agency"),
            }[name],
            _("Correct the cell, or set [%(section)s] unknown = “ignore”.") % {"section": name},
            value=getattr(record, name),
        )

    def _agency_code(self, text: str) -> str:
        return self.mapping.agency.values.get(text, text)

    def _find_customers(self, texts: set[str]) -> dict[str, int]:
        if not texts:
            return {}
        names = {text.upper() for text in texts}
        by = self.mapping.customer.by
        wanted = Q(code__in=names | texts) if by != "tax_code" else Q()
        if by != "code":
            wanted |= Q(tax_code__in=names)
        found: dict[str, int] = {}
        for key, code, tax_code in Customer.objects.filter(wanted).values_list("pk", "code", "tax_code"):
            found |= {text.upper(): key for text in (code, tax_code) if text}
        return found


def _cell(value: Any) -> Any:
    """A value as COPY takes it: words, which have neither commas nor quotes, as an array."""
    return "{" + ",".join(value) + "}" if isinstance(value, list) else value


def _texts_to_learn(records: Iterable[PastRecord]) -> Iterable[tuple[str, str, date]]:
    for record in records:
        for section, text in record.coded.items():
            yield section, text, record.received_on
        for text in record.reasons:
            yield "reasons", text, record.received_on


def _doubt_what_is_missing(record: PastRecord, complaint: Complaint) -> None:
    if complaint.state != State.ANSWERED:
        return
    if not complaint.answer:
        record.doubts.append("no_text")
    if complaint.answered_at is None:
        record.doubts.append("no_day")
    if not complaint.outcome:
        record.doubts.append("no_outcome")


def _shown(record: PastRecord, name: str, value: Any) -> Any:
    """A new value as an event keeps it: a link by what the file calls the row."""
    return getattr(record, name.removesuffix("_id")) if name in ("customer_id", "policy_id", "agency_id") else value


def _plain(value: Any) -> Any:
    """A value as an event keeps it."""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, Model):
        return str(value)
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _refused_by_database(error: Exception) -> RowRefused:
    detail = getattr(error.__cause__, "diag", None)
    rule = (detail and (detail.constraint_name or detail.message_primary)) or str(error)
    return RowRefused(
        "",
        _("the database refuses the row by its rule “%(rule)s”") % {"rule": rule},
        _("Compare the row with docs/formats/complaints-import.md."),
    )
