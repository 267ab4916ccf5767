"""What the database refuses of promotions, whoever asks."""

from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from customers.models import Consent
from notifications.tests.factories import NoticeFactory
from promotions.models import Promotion, Recipient
from promotions.tests.factories import (
    NOW,
    ContactPauseFactory,
    PromotionEventFactory,
    PromotionFactory,
    RecipientFactory,
    consent,
)

pytestmark = pytest.mark.django_db


def refuses(rows, **changes):
    """Whether the database refuses the change of the rows."""
    try:
        with transaction.atomic():
            rows.update(**changes)
    except DatabaseError:
        return True
    return False


def the(row):
    return type(row).objects.filter(pk=row.pk)


def test_nobody_approves_what_they_wrote_themselves():
    promotion = PromotionFactory(state="submitted")
    assert refuses(the(promotion), state="approved", approved_at=NOW, approved_by=promotion.writer)
    other = PromotionFactory().writer
    last = PromotionFactory(state="submitted", last_written_by=other)
    assert refuses(the(last), state="approved", approved_at=NOW, approved_by=other)
    assert not refuses(the(promotion), state="approved", approved_at=NOW, approved_by=other)


@pytest.mark.parametrize("old", list(Promotion.State))
def test_a_state_follows_another_only_as_the_table_has_it(old):
    fields = {"begun_at": NOW, "send_from": NOW, "not_after": datetime(2027, 1, 1, tzinfo=NOW.tzinfo)}
    times = fields if old not in ("draft", "submitted") else {}
    ended = {"ended_at": NOW} if old in ("stopped", "finished") else {}
    is_approved = old not in ("draft", "submitted")
    for new in set(Promotion.State) - {old}:
        promotion = PromotionFactory(**({"approved": True} if is_approved else {}), state=old, **times, **ended)
        changes = dict(fields) if new in ("sending", "paused", "finished") else {}
        if new in ("approved", "sending", "paused", "finished"):
            changes |= {"approved_by": promotion.approved_by or PromotionFactory().writer, "approved_at": NOW}
        changes["ended_at"] = NOW if new in ("stopped", "finished") else None
        assert refuses(the(promotion), state=new, **changes) is (new not in Promotion.NEXT[old]), f"{old} to {new}"


@pytest.mark.parametrize(
    "change", [{"subject": "Altro"}, {"text": "Altro"}, {"least_age": 30}, {"controller": "company"}, {"cap_days": 7}]
)
def test_what_was_submitted_remains_as_it_was(change):
    assert not refuses(the(PromotionFactory()), **change)
    for state in ("submitted", "approved"):
        promotion = PromotionFactory(**({"approved": True} if state == "approved" else {"state": state}))
        assert refuses(the(promotion), **change)


@pytest.mark.parametrize(
    "fields",
    [
        {"channels": []},
        {"channels": ["post"]},
        {"channels": ["sms"]},
        {"agency": None},
        {"by_similarity": True},
        {"by_similarity": True, "controller": "company", "channels": ["inbox"]},
        {"ramo": "2"},
        {"holds_lines": ["1"]},
        {"claim_free_years": 2},
        {"least_age": 40, "most_age": 30},
        {"cap_days": 6},
        {"holdout_percent": 51},
        {"subject": ""},
    ],
)
def test_a_promotion_that_may_not_be_is_not_stored(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        PromotionFactory(**fields)


def test_promotions_recipients_and_pauses_are_never_deleted():
    for row in (PromotionFactory(), RecipientFactory(), ContactPauseFactory(), PromotionEventFactory()):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()


def test_nobody_is_written_to_without_what_allowed_it():
    recipient = RecipientFactory()
    notice = NoticeFactory(customer=recipient.customer)
    written = {"state": "written", "notice": notice, "written_at": NOW}
    assert refuses(the(recipient), **written)
    assert not refuses(the(recipient), **written, consent=consent(recipient.customer))


def test_what_was_written_to_whom_and_why_remains():
    recipient = RecipientFactory()
    allowed = consent(recipient.customer)
    the(recipient).update(
        state="written", notice=NoticeFactory(customer=recipient.customer), written_at=NOW, consent=allowed
    )
    assert refuses(the(recipient), consent=None)
    assert refuses(the(recipient), state="waiting")
    assert Consent.objects.get() == Recipient.objects.get().consent


def test_who_is_left_out_has_a_reason_and_nobody_else_has():
    assert refuses(the(RecipientFactory()), state="excluded")
    assert refuses(the(RecipientFactory()), reason="capped")


def test_a_person_is_once_in_a_promotion():
    first = RecipientFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        RecipientFactory(promotion=first.promotion, customer=first.customer)
