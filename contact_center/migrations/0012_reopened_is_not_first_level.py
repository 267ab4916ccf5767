"""A contact that was reopened was not resolved at first level. A computed column is made anew, with the index on it."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0011_assign_contact")]

    operations = [
        migrations.RemoveIndex("contact", "contact_not_first_level"),
        migrations.RemoveField("contact", "first_level"),
        migrations.AddField(
            "contact",
            "first_level",
            models.GeneratedField(
                db_persist=True,
                expression=Q(level=1) & Q(outcome="resolved") & Q(reopened_count=0),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            "contact",
            models.Index(
                fields=["-started_at", "-id"],
                name="contact_not_first_level",
                condition=Q(first_level=False, handled=True),
            ),
        ),
    ]
