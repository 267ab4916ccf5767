"""Work of the contact centre that runs by itself. Each task takes no more than ids, and may run twice."""

from celery import shared_task
from django.utils import timezone

from contact_center.agents import states
from contact_center.call_backs import gave_up, making
from contact_center.calls import recording
from contact_center.contacts import drafts, mass_answers, mass_events, priority, rungs
from contact_center.due import targets
from contact_center.figures import daily
from contact_center.quality import commands as quality
from contact_center.quality.rules import week_before
from contact_center.queue_views import tallies
from customers import uploads
from customers.claim_reports.commands import forget_drafts
from foundation.refusals import Refused


@shared_task
def refresh_figures() -> int:
    """Count again the days whose calls or contacts changed; returns how many. Leaves it to another that is at it."""
    try:
        return len(daily.refresh(wait=False))
    except daily.CountingElsewhere:
        return 0


@shared_task
def close_lost_calls() -> int:
    """Close the calls whose end was lost; returns how many."""
    return recording.close_lost_calls(timezone.now())


@shared_task
def sweep_states() -> int:
    """Bring after the facts the states of agents that no event will; returns of how many."""
    return states.sweep_states(timezone.now())


@shared_task
def draw_quality_sample() -> int:
    """Draw the sample of the last week, once; returns how many contacts. None is drawn where no form is in force."""
    try:
        return quality.draw_sample(week=week_before(timezone.localdate())).reviews.count()
    except Refused:
        return 0


@shared_task
def ring_call_backs() -> int:
    """Announce to agents the call-backs whose hour has come; returns how many."""
    return making.ring_call_backs(timezone.now())


@shared_task
def follow_those_who_gave_up() -> int:
    """Promise a call-back to callers who gave up waiting, where their line does so; returns how many."""
    promised, _ended = gave_up.follow_those_who_gave_up(timezone.now())
    return promised


@shared_task
def purge_call_events() -> int:
    """Delete the events of calls that are past their time; returns how many."""
    return recording.purge_events(timezone.now())


@shared_task
def recompute_dues(after: int = 0) -> None:
    """Work out the due times of the open contacts again, a chunk at a time; each chunk sends for the next."""
    if (last := targets.recompute_chunk(after)) is not None:
        recompute_dues.delay(last)


@shared_task
def sweep_priorities(after: int = 0) -> None:
    """Work out the priorities of the open contacts again, a chunk at a time; each chunk sends for the next."""
    if (last := priority.sweep_priorities(after)) is not None:
        sweep_priorities.delay(last)


@shared_task
def raise_rungs() -> int:
    """Warn the people concerned of terms of contacts that come near, or are past; returns of how many contacts."""
    return rungs.raise_rungs(timezone.now())


@shared_task
def add_up_tallies() -> int:
    """Put the tallies of the queue together, so that a reader sums few rows; returns how many are left."""
    return tallies.add_up_tallies()


@shared_task
def correct_tallies() -> int:
    """Compare the tallies of the queue with its contacts; returns how many were wrong."""
    return len(tallies.correct_tallies())


@shared_task
def forget_claim_drafts() -> int:
    """Give up the drafts of claim reports that nobody touched for long; returns how many."""
    return forget_drafts(timezone.now())


@shared_task
def forget_uploads() -> int:
    """Delete the files that were sent ahead of a message more than a day ago; returns how many."""
    return uploads.forget_uploads(timezone.now())


@shared_task
def forget_reply_drafts() -> int:
    """Delete the drafts of replies that nobody went on with for long; returns how many."""
    return drafts.forget_drafts(timezone.now())


@shared_task
def answer_together(answer_id: int) -> None:
    """Give an answer to the next contacts of a mass event; each task sends for the next, until none is left."""
    if mass_answers.answer_some(answer_id):
        answer_together.delay(answer_id)


@shared_task
def follow_mass_events() -> None:
    """End the events whose moment has come, and go on with the answers whose worker ended in the middle."""
    mass_events.end_past_events()
    for answer_id in mass_answers.answers_under_way():
        answer_together.delay(answer_id)
