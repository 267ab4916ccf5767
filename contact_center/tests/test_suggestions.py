"""What a caller is probably calling about."""

import pytest

from contact_center.desk.suggestions import Signs, Suggestion, suggestion


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (Signs(), None),
        (Signs(line="customers"), None),
        (Signs(line="claims"), Suggestion("claims_line", area="claims")),
        (Signs(line="claims", open_claims=1), Suggestion("claims_line_and_claim", area="claims")),
        (Signs(line="customers", open_claims=2), Suggestion("open_claim", area="claims")),
        (Signs(last_topic="premio", last_days_ago=7), Suggestion("same_as_before", topic="premio")),
        (Signs(last_topic="premio", last_days_ago=8), None),
        (Signs(due_in_days=15), Suggestion("instalment_due", area="payments")),
        (Signs(due_in_days=-30), Suggestion("instalment_due", area="payments")),
        (Signs(due_in_days=16), None),
        (Signs(due_in_days=-31), None),
        (Signs(expires_in_days=30), Suggestion("policy_expires", area="policies")),
        (Signs(expires_in_days=31), None),
        (Signs(line="claims", open_claims=1, last_topic="premio", last_days_ago=0), Suggestion("claims_line_and_claim", area="claims")),
        (Signs(line="claims", last_topic="premio", last_days_ago=0, due_in_days=0), Suggestion("same_as_before", topic="premio")),
        (Signs(open_claims=1, due_in_days=3, expires_in_days=3), Suggestion("instalment_due", area="payments")),
    ],
)  # fmt: skip
def test_the_surest_sign_comes_first(signs, expected):
    assert suggestion(signs) == expected
