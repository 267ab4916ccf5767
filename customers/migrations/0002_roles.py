"""Make a group for each role. What each may do is granted after every migrate, from vittoria_care/permissions.py."""

from django.db import migrations

ROLES = [
    "customer",
    "agent",
    "specialist",
    "complaint_officer",
    "agency_member",
    "campaign_author",
    "manager",
    "auditor",
    "administrator",
]


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    group.objects.bulk_create([group(name=name) for name in ROLES], ignore_conflicts=True)


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make_groups, remove_groups)]
