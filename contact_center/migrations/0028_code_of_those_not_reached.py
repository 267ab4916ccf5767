"""Enter the code by which a call-back is closed that nobody answered; it can be changed in the back office."""

from django.db import migrations
from django.db.models import Max

CODE = "non-raggiunto"


def enter(apps, schema_editor):
    codes = apps.get_model("contact_center", "WrapUpCode").objects
    last = codes.aggregate(last=Max("position"))["last"] or 0
    codes.get_or_create(
        code=CODE,
        defaults={
            "name": "Richiamato, non raggiunto",
            "name_en": "Called back, not reached",
            "outcome": "unresolved",
            "needs_topic": False,
            "position": last + 1,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0027_call_backs_agreed_and_owed")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop, elidable=False)]
