"""Every day that was counted is counted again, so that its reasons are kept as well."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0043_reasons_and_returns_by_day")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO contact_center_staleday (day) SELECT DISTINCT day FROM contact_center_dailyfigures",
            migrations.RunSQL.noop,
        )
    ]
