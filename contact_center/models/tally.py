"""`QueueTally`: how many contacts each tab of the queue has, kept by triggers in the transaction of the change itself.

Rows are only added, one for each tab that a statement changed: writers never wait for each other, as with the marks of the
figures. A task adds them up (`contact_center.queue_views.tallies`), so a reader sums a few rows.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

OPEN = "state IN ('open', 'in_progress', 'waiting')"
# tab: what it is counted for (0: everybody), and which contacts. As `QueueFilter.narrowed` has them.
TABS: dict[str, tuple[str, str]] = {
    "open": ("0", OPEN),
    "mine": ("owner_id", f"{OPEN} AND owner_id IS NOT NULL"),
    "team": ("team_id", f"{OPEN} AND team_id IS NOT NULL"),
    "not_resolved": ("0", f"{OPEN} AND NOT confirmed"),
    "waiting": ("0", "state = 'waiting'"),
    "uncoded": ("0", "state = 'closed' AND outcome = ''"),
}
FACTS = "state, outcome, confirmed, owner_id, team_id"


def counted(rows: str) -> str:
    """The tabs that rows with a sign `n` are in, as a query of tab, whose, n."""
    return " UNION ALL ".join(
        f"SELECT '{tab}' AS tab, {whose}::bigint AS whose, n FROM {rows} WHERE {which}"
        for tab, (whose, which) in TABS.items()
    )


def _trigger(name: str, operation: pgtrigger.Operation, versions: dict[str, int]) -> pgtrigger.Trigger:
    signed = " UNION ALL ".join(f"SELECT {FACTS}, {sign} AS n FROM {rows}" for rows, sign in versions.items())
    return pgtrigger.Trigger(
        name=f"tally_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(
            old="old_rows" if "old_rows" in versions else None, new="new_rows" if "new_rows" in versions else None
        ),
        func=f"""
            WITH versions AS ({signed})
            INSERT INTO contact_center_queuetally (tab, whose, change)
            SELECT tab, whose, sum(n) FROM ({counted("versions")}) counted GROUP BY tab, whose HAVING sum(n) <> 0;
            RETURN NULL;
        """,
    )


CONTACT_TALLIES = [
    _trigger("inserted", pgtrigger.Insert, {"new_rows": 1}),
    _trigger("updated", pgtrigger.Update, {"old_rows": -1, "new_rows": 1}),
    _trigger("deleted", pgtrigger.Delete, {"old_rows": -1}),
]


class QueueTally(models.Model):
    """That a tab of the queue has so many contacts more, or fewer: for an agent, a team, or (0) everybody."""

    tab = models.CharField(_("tab"), max_length=12)
    whose = models.BigIntegerField(_("id of the agent or team"), default=0)
    change = models.IntegerField(_("how many more"))

    class Meta:
        verbose_name = _("tally of the queue")
        verbose_name_plural = _("tallies of the queue")
        indexes = [models.Index(fields=["tab", "whose"], name="tally_of_tab")]

    def __str__(self) -> str:
        return f"{self.tab} {self.change:+}"
