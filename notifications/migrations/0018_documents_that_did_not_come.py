"""Let a rule that is on write once more about a document of a claim that did not come by its day.

The contact centre did so by itself before; where somebody has switched on a rule of the event, that one does it.
"""

from django.db import migrations

ITALIAN, ENGLISH = "Documento di un sinistro non arrivato", "Document of a claim that has not come"


def enter(apps, schema_editor):
    rules = apps.get_model("notifications", "AlertRule").objects
    if not rules.filter(event="claim_document", state="on").exists():
        rules.create(
            name=ITALIAN,
            name_en=ENGLISH,
            event="claim_document",
            kind="claim-document-missing",
            number=2,
            from_days=1,
            until_days=30,
            state="on",
        )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0017_name_the_first_rules_in_english")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
