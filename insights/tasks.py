"""Work of the managers' pages that runs by itself. Each task may run twice."""

from celery import shared_task

from insights.staffing.making import make_forecast


@shared_task
def make_forecasts() -> bool:
    """Forecast the calls of the coming weeks; whether there was anything to forecast from."""
    run, _found = make_forecast()
    return run is not None
