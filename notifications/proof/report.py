"""The proof as files: every policy as CSV, and a PDF that names the CSV's checksum and lists what was not in time."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.dates import ROME, written_day
from foundation.files.spreadsheets import csv_lines
from foundation.pdf import printable, typeset
from notifications.channels import Channel
from notifications.proof.query import FAULTS, Row, Verdict, Why, counts_of, rows_of, unverified_of

TEMPLATE = Path(__file__).parent / "proof.typ"
COLUMNS = (
    "policy",
    "plate",
    "ends_on",
    "term",
    "verdict",
    "why",
    "proved_at",
    "channel",
    "notices",
    "notice",
    "receipt",
    "message_id",
    "signature",
    "signer",
)
MOST_LISTED = 500  # faults in the PDF; the CSV has all


@dataclass(frozen=True)
class Line:
    """A verdict with its reason, and how many policies have it."""

    verdict: Verdict
    why: Why
    number: int

    @property
    def is_fault(self) -> bool:
        """Whether it must be none, or explained."""
        return self.verdict in FAULTS


def lines_of(counts: Counter[tuple[str, str]]) -> list[Line]:
    """The counts in the order of the verdicts and their reasons; those in time are named even where there are none."""
    counts = counts | Counter({(Verdict.IN_TIME.value, ""): counts[Verdict.IN_TIME.value, ""]})
    found = [Line(Verdict(verdict), Why(why), number) for (verdict, why), number in counts.items()]
    if not any(line.verdict is Verdict.IN_TIME for line in found):
        found.append(Line(Verdict.IN_TIME, Why.NONE, 0))
    return sorted(found, key=lambda line: (list(Verdict).index(line.verdict), list(Why).index(line.why)))


def csv_of(first: date, last: date) -> bytes:
    """Every policy of the period with its evidence: codes, ISO days and moments; the same facts make the same bytes."""
    return "".join(csv_lines(COLUMNS, map(_cells, rows_of(first, last)))).encode()


def pdf_of(first: date, last: date, *, checksum: str, on: date) -> bytes:
    """The report of the period, in the language of now, dated on the day; `checksum` is the SHA-256 of its CSV."""
    counts = counts_of(first, last)
    faults = list(rows_of(first, last, verdicts=FAULTS, most=MOST_LISTED))
    number = sum(each for (verdict, _why), each in counts.items() if Verdict(verdict) in FAULTS)
    period = {"first": written_day(first, "dal"), "last": written_day(last, "al")}
    values = {
        "title": _("Motor policies announced thirty days before their expiry"),
        "company": "Vittoria Assicurazioni S.p.A.",
        "lead": _("Policies that expire from %(first)s to %(last)s; made on %(day)s.")
        % {**period, "day": written_day(on, "il")},
        "law": _(
            "Art. 170-bis of the Italian insurance code: notice at least thirty days before the expiry. An e-mail or a letter counts "
            "from its sending unless it came back, the reserved area from its being opened, a text from the report of its "
            "arrival, a certified e-mail from its manager's receipt of delivery."
        )
        + " "
        + signatures_of(first, last),
        "head": [_("Result"), _("Why"), _("Policies")],
        "lines": [
            [str(line.verdict.label), str(line.why.label), number_format(line.number, force_grouping=True)]
            for line in lines_of(counts)
        ],
        "faults_title": _("Late, or not proved"),
        "none": _("None."),
        "faults_head": [_("Policy"), _("Plate"), _("Expiry"), _("Term"), _("Why")],
        "faults": [_fault(row) for row in faults],
        "more": _("The CSV has the others.") if number > len(faults) else "",
        "checksum": _("SHA-256 of the CSV with every policy: %(checksum)s") % {"checksum": checksum},
    }
    return typeset(TEMPLATE, values, on=on)


def signatures_of(first: date, last: date) -> str:
    """What the signatures of the receipts of certified e-mail are worth in the period, in one sentence."""
    if settings.PEC_RECEIPTS_MUST_VERIFY:
        return _("Only receipts whose signature was verified are counted.")
    number = unverified_of(first, last)
    words = ngettext(
        "Receipts count here though their signature was not verified: the alert of %(number)d policy rests on one.",
        "Receipts count here though their signature was not verified: the alerts of %(number)d policies rest on one.",
        number,
    )
    return words % {"number": number}


def checksums_of(files: Iterable[tuple[str, bytes]]) -> str:
    """A line for each file, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files)


def _fault(row: Row) -> list[str]:
    why = str(Why(row.why).label) if row.why else str(Verdict(row.verdict).label)
    if row.proved_at is not None:
        day = written_day(timezone.localdate(row.proved_at, ROME), "il")
        why += " · " + _("announced on %(day)s") % {"day": day}
    return [printable(row.number), printable(row.plate), f"{row.ends_on:%d/%m/%Y}", f"{row.term:%d/%m/%Y}", why]


def _cells(row: Row) -> list[object]:
    proved = timezone.localtime(row.proved_at, ROME).isoformat(timespec="seconds") if row.proved_at else ""
    channel = Channel(row.channel).value if row.channel else ""
    days = [row.ends_on.isoformat(), row.term.isoformat()]
    evidence = [
        proved,
        channel,
        row.written,
        row.notice_id or "",
        row.receipt,
        row.message_id,
        row.signature,
        row.signer,
    ]
    return [row.number, row.plate, *days, row.verdict, row.why, *evidence]
