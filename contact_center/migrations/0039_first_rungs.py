"""Enter rungs of alert to begin with; an administrator changes them in the back office."""

from django.db import migrations

# moment, how many, whom, which contacts
RUNGS = [
    ("share_left", 50, "owner", "requests"),
    ("minutes_before", 60, "owner", "all"),
    ("at_term", 0, "team", "all"),
    ("days_after", 1, "lead", "all"),
    ("days_after", 3, "managers", "all"),
]


def enter(apps, schema_editor):
    rung = apps.get_model("contact_center", "TermRung")
    for moment, amount, warns, concerns in RUNGS:
        rung.objects.get_or_create(moment=moment, amount=amount, warns=warns, defaults={"concerns": concerns})


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0038_rungs_of_alert")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
