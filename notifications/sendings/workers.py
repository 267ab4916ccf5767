"""Query: from which queues nobody takes anything (`vittoria_care/running/heartbeat.py` writes down who does)."""

from datetime import datetime, timedelta

from foundation.models import Heartbeat
from notifications.queues import MARK, QUEUES

LATE = timedelta(minutes=3)


def deaf_queues(now: datetime) -> dict[str, float | None]:
    """The queues from which nobody has taken anything for some minutes, and for how many seconds; None where nobody ever did.

    Beat puts a pulse into each queue every half minute. A queue whose workers are busy with what stands before the pulse is
    not deaf: each task that begins counts.
    """
    beats = Heartbeat.objects.filter(name__startswith=MARK).values_list("name", "began_at")
    seen = {name.removeprefix(MARK): began_at for name, began_at in beats}
    ages = {each.name: (now - seen[each.name]).total_seconds() if each.name in seen else None for each in QUEUES}
    return {name: age for name, age in ages.items() if age is None or age > LATE.total_seconds()}
