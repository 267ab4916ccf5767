"""The register that the returns are measured on is one that the return counts whole."""

import pytest

from benchmarks import data, returns
from complaints.causes.queries import cause_lines
from complaints.models import Complaint
from complaints.returns import rules
from complaints.returns.queries import entries_now, lines_for, unclassified


@pytest.mark.django_db
def test_every_complaint_that_is_made_is_classified_and_counted():
    data.agencies()
    data.execute(returns.YEARS, {"count": 3_000})
    data.execute(returns.COMPLAINTS, {"count": 3_000})
    data.execute(returns.SENDINGS)
    entries = entries_now(returns.HALF)
    tables = rules.tables_of(entries, returns.HALF, lines_for(returns.HALF))
    assert Complaint.objects.count() == 3_000
    assert list(unclassified(entries)) == []
    assert rules.broken_checks(tables) == []
    assert tables["whole"]["received"] > 300
    assert tables["whole"]["open_at_end"] > 0
    assert len(data.execute(returns.RAW)) > 3
    assert len(cause_lines("reason_agency", returns.HALF.starts_on, returns.HALF.ends_on)) > 5
