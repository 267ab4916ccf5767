"""Of the days counted so far every wait and talk was known; days with escalated contacts are to be counted again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0013_calls_without_a_talk")]

    operations = [
        migrations.RunSQL(
            "UPDATE contact_center_dailyfigures SET waits_known = answered, talks_known = answered WHERE answered > 0",
            migrations.RunSQL.noop,
        ),
        # An escalated contact without an outcome is no longer counted as not coded.
        migrations.RunSQL(
            "INSERT INTO contact_center_staleday (day, marked_at)"
            " SELECT DISTINCT day, now() FROM contact_center_contact WHERE level = 2 AND outcome = ''",
            migrations.RunSQL.noop,
        ),
    ]
