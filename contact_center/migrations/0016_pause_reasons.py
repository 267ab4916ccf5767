"""Enter the reasons for a pause to begin with; all of them can be changed in the back office."""

from django.db import migrations

# code, Italian, English
REASONS = [
    ("caffe", "caffè", "coffee"),
    ("pranzo", "pranzo", "lunch"),
    ("videoterminale", "dal videoterminale", "from the screen"),
    ("formazione", "formazione", "training"),
    ("riunione", "riunione", "meeting"),
    ("guasto", "guasto tecnico", "technical fault"),
]


def enter(apps, schema_editor):
    for position, (code, name, name_en) in enumerate(REASONS, start=1):
        apps.get_model("contact_center", "PauseReason").objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0015_agent_states")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
