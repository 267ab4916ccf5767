"""Work on complaints that runs by itself. A task asks what is owed today, and may run twice."""

from celery import shared_task
from django.utils import timezone

from complaints import services
from complaints.intermediaries import commands as intermediaries
from complaints.procedures.alerts import warn_of_procedures
from complaints.procedures.sending import follow_letters as follow_procedure_letters
from complaints.triage.hints import mark_new_messages


@shared_task
def follow_letters() -> int:
    """Enter which letters have gone, to complainants and to IVASS, and report those that did not arrive; returns how many."""
    return services.follow_letters() + follow_procedure_letters()


@shared_task
def keep_terms() -> tuple[int, int]:
    """Let clocks go on that stood still for 15 days, then warn of terms that come near; returns how many of both.

    The terms are those of complaints, of requests of IVASS and of appeals to the Arbiter.
    """
    today = timezone.localdate()
    return services.resume_lapsed(today), services.warn_of_terms(today) + warn_of_procedures(today)


@shared_task
def remind_intermediaries() -> tuple[int, int]:
    """Give new agencies their row among the intermediaries, then remind of positions that are owed; returns how many of both."""
    return intermediaries.keep_agencies(), intermediaries.remind_intermediaries(timezone.localdate())


@shared_task
def mark_likely_complaints() -> int:
    """Look for words of complaints in the messages that came; returns how many were read."""
    return mark_new_messages()
