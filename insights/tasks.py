"""Work of the managers' pages that runs by itself. Each task may run twice."""

from celery import shared_task
from django.utils import timezone

from contact_center.figures import daily
from insights.staffing.making import make_forecast
from insights.watching.commands import watch_figures as watch


@shared_task
def watch_figures() -> int:
    """Judge the days and weeks that are over and were not judged yet; returns how many alerts are new.

    Days that changed are counted first. While another process counts, this leaves it to the next hour.
    """
    try:
        daily.refresh(wait=False)
    except daily.CountingElsewhere:
        return 0
    return len(watch(timezone.localdate()).raised)


@shared_task
def make_forecasts() -> bool:
    """Forecast the calls of the coming weeks; whether there was anything to forecast from."""
    run, _found = make_forecast()
    return run is not None
