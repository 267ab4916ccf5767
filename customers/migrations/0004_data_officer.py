"""Make the group of the data protection officer. What it may do is granted after every migrate."""

from django.db import migrations

ROLE = "data_officer"


def make_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name=ROLE)


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=ROLE).delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_what_customers_get_done"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make_group, remove_group)]
