"""Enter the calendar, targets and wrap-up codes to begin with; all of it can be changed in the back office."""

from datetime import time

from django.db import migrations

MORNING, AFTERNOON = (time(8, 30), time(13)), (time(14), time(18, 30))
HOURS = [*((day, *period) for day in range(5) for period in (MORNING, AFTERNOON)), (5, time(8, 30), time(13))]

# kind, level, minutes of service: a working day has 540
TARGETS = [
    ("request", 1, 960),
    ("request", 2, 1_620),
    ("claim_report", 1, 270),
    ("claim_report", 2, 540),
    ("consideration", 1, 2_700),
    ("consideration", 2, 2_700),
    ("feedback", 1, 2_700),
    ("feedback", 2, 2_700),
]
# code, Italian, English, key, outcome, keeps open, hints a complaint, needs a topic
CODES = [
    ("risolto", "Risolto", "Resolved", "1", "resolved", False, False, True),
    ("informazione", "Informazione data", "Information given", "2", "resolved", False, False, True),
    ("richiamare", "Da richiamare", "To be called back", "3", "unresolved", True, False, True),
    ("non-risolto", "Non risolto", "Not resolved", "4", "unresolved", False, False, True),
    (
        "reclamo",
        "Possibile reclamo: invitato a presentarlo per iscritto",
        "Possible complaint: asked to put it in writing",
        "5",
        "unresolved",
        False,
        True,
        True,
    ),
    ("numero-errato", "Numero errato", "Wrong number", "8", "wrong_number", False, False, False),
    ("caduta", "Linea caduta", "Line dropped", "9", "dropped", False, False, False),
]


def enter(apps, schema_editor):
    get = apps.get_model
    calendar, made = get("contact_center", "ServiceCalendar").objects.get_or_create(
        code="assistenza", defaults={"name": "Assistenza clienti", "province": "MI"}
    )
    if made:
        period = get("contact_center", "OpeningPeriod")
        period.objects.bulk_create(
            period(calendar=calendar, weekday=day, opens=opens, closes=closes) for day, opens, closes in HOURS
        )
    for kind, level, minutes in TARGETS:
        get("contact_center", "ServiceTarget").objects.get_or_create(
            kind=kind, level=level, valid_from=None, defaults={"minutes": minutes, "calendar": calendar}
        )
    for position, (code, name, name_en, key, outcome, keeps_open, hints_complaint, needs_topic) in enumerate(
        CODES, start=1
    ):
        get("contact_center", "WrapUpCode").objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "key": key,
                "outcome": outcome,
                "keeps_open": keeps_open,
                "hints_complaint": hints_complaint,
                "needs_topic": needs_topic,
                "position": position,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0002_toll_free_lines")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
