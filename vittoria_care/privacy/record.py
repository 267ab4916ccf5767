"""The rules in words: for how long what is kept (the privacy page), and the record of processing (art. 30 GDPR).

Both are made from the same rules that the erasure and the nightly retention follow, so that they cannot differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.privacy import Action, Basis, Period, Rule, history_of

from .periods import days_in_force
from .rules import RULES, carriers, periods

YEAR = 365.25


@dataclass(frozen=True)
class Kept:
    """A period in words: what is kept, how long and since when, why; and what happens when somebody asks for erasure."""

    name: str
    how_long: str
    since: str
    reason: str
    on_request: str


def kept_for() -> list[Kept]:
    """Every period as it is in force, in the language of the moment; one query."""
    days = days_in_force()
    return [_kept(period, days[period.key]) for period in periods()]


def how_long(days: int) -> str:
    """Days as people say them: years where it is whole years, give or take the leap days."""
    years = round(days / YEAR)
    if years and abs(days - years * YEAR) < 3:
        return ngettext("%(number)d year", "%(number)d years", years) % {"number": years}
    return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}


def _kept(period: Period, days: int) -> Kept:
    rules = [rule for rule in RULES if rule.period is period]
    reason = f"{period.reason} ({period.source})" if period.source else str(period.reason)
    return Kept(str(period.name), how_long(days), str(period.since), reason, _on_request(rules))


def _on_request(rules: Iterable[Rule]) -> str:
    """What becomes of it when the person asks for erasure."""
    rules = list(rules)
    if all(rule.at_once for rule in rules):
        return _("erased when you ask for it")
    if all(rule.at_once or rule.beside for rule in rules):
        return _("erased when you ask for it, unless a contract, a claim or a complaint of yours remains")
    return _("kept until then even if you ask for erasure")


# --- The record of processing --------------------------------------------------------------------------------------
def record_of_processing(language: str = "en") -> str:
    """The record as a page of Markdown, from the periods as the rules have them."""
    with translation.override(language):
        title = _("Record of processing")
        parts = [
            f"# {title}",
            _(
                "Made from the rules of the program (`manage.py record_of_processing`), which the erasure and the nightly "
                "retention follow too. Article 30 of Regulation (EU) 2016/679."
            ),
            _controller(),
            *(_section(purpose) for purpose in _purposes()),
            _measures(),
        ]
        return "\n\n".join(parts) + "\n"


def _controller() -> str:
    rows = [
        (_("Controller"), "Vittoria Assicurazioni S.p.A., via Ignazio Gardella 2, 20149 Milano"),
        (_("Data protection officer"), _("At the same address, to the attention of the DPO")),
        (
            _("People concerned"),
            _(
                "Policyholders, insured, beneficiaries, people who report a claim, complain, write or call; people who work "
                "here and in the agencies"
            ),
        ),
        (
            _("Recipients"),
            _(
                "The customer service and the offices in charge; the agency of the policy; assessors, repairers, the providers of "
                "payments and of technical services; authorities, where the law demands it"
            ),
        ),
        *((_("Carrier of what we write"), f"{each.name}: {each.gets}") for each in carriers()),
        (_("Transfers outside the European Union"), _transfers()),
    ]
    return _table(["", ""], rows)


def _transfers() -> str:
    """By whom data may leave the European Union, and where to: the carriers that this installation uses."""
    found = [f"{each.name} ({each.outside})" for each in carriers() if each.outside]
    return "; ".join(found) if found else _("None by the program itself")


def _purposes() -> list[str]:
    return list(dict.fromkeys(str(rule.why.purpose) for rule in RULES))


def _section(purpose: str) -> str:
    rows = [_row(rule) for rule in RULES if str(rule.why.purpose) == purpose]
    head = [_("data"), _("table"), _("why the law allows it"), _("kept for"), _("on a request for erasure")]
    return f"## {purpose[0].upper()}{purpose[1:]}\n\n{_table(head, rows)}"


def _row(rule: Rule) -> tuple[str, ...]:
    basis = str(Basis(rule.why.basis).label) + (f"; {rule.why.source}" if rule.why.source else "")
    table = f"`{rule.name}`" + (_(", with its earlier versions") if history_of(rule.model_class) else "")
    return str(rule.heading), table, basis, _how_long_of(rule), _request_of(rule)


def _how_long_of(rule: Rule) -> str:
    if rule.follows:
        return _("as the row that it belongs to (`%(model)s`)") % {
            "model": rule.leader._meta.label if rule.leader else ""
        }
    if rule.period is not None:
        known = {"how_long": how_long(rule.period.days), "since": rule.period.since, "reason": rule.period.reason}
        return _("%(how_long)s since %(since)s: %(reason)s") % known
    if rule.swept_elsewhere:
        return str(rule.swept_elsewhere)
    if rule.at_once:
        return _("as long as the file or the sign-in is there")
    return _("as long as the program needs it: it is about nobody outside")


def _request_of(rule: Rule) -> str:
    if rule.follows:
        return _("as the row that it belongs to")
    if not (rule.ways or rule.found_by):
        return "–"
    what = _("deleted") if rule.action is Action.DELETE else _("emptied: the row remains and names nobody")
    if rule.last:
        when = _("with the last row that has to say whose it is")
    elif rule.at_once:
        when = _("at once")
    elif rule.beside:
        when = _("at once, or after its period where a contract, a claim or a complaint remains")
    else:
        when = _("after its period")
    return f"{when}; {what}"


def _measures() -> str:
    sentences = [
        _("Each opening of a file is written down, and each role sees what its work needs (`docs/rights.md`)."),
        _(
            "What must remain as it was written is guarded by the database; only a transaction of the retention account removes."
        ),
        _("Each removal leaves a proof with table and number of rows, and each nightly run its numbers."),
        _("A legal hold, set and lifted with a reason, keeps what it is over from erasure and retention."),
        _(
            "Backups are overwritten in turn. Erasures are kept in a ledger outside the database, and are carried out again on a "
            "database that was restored."
        ),
        _(
            "Technical logs carry ids of rows and no names; the program keeps none of them: the machine deletes them in turn."
        ),
    ]
    title = _("Measures")
    return f"## {title}\n\n" + "\n".join(f"- {each}" for each in sentences)


def _table(head: list[str], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
