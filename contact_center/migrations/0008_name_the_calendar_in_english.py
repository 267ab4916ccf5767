"""Name in English the calendar that every installation begins with."""

from django.db import migrations

CODE, ITALIAN, ENGLISH = "assistenza", "Assistenza clienti", "Customer service"


def enter(apps, schema_editor):
    calendars = apps.get_model("contact_center", "ServiceCalendar").objects
    calendars.filter(code=CODE, name=ITALIAN, name_en="").update(name_en=ENGLISH)


def take_back(apps, schema_editor):
    calendars = apps.get_model("contact_center", "ServiceCalendar").objects
    calendars.filter(code=CODE, name_en=ENGLISH).update(name_en="")


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0007_calendars_in_english")]
    operations = [migrations.RunPython(enter, take_back)]
