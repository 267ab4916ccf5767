"""Enter the company's three toll-free lines; names and numbers can be changed in the back office."""

from django.db import migrations

LINES = [
    ("customers", "Assistenza Clienti", "+39800016611", "Tutti i clienti, per polizze, scadenze e area riservata", 1),
    ("claims", "SOS Apertura Sinistri", "+39800330664", "Chi deve denunciare o seguire un sinistro", 2),
    ("campers", "Assistenza Camperisti", "+39800810091", "I camperisti assicurati", 3),
]


def enter_lines(apps, schema_editor):
    line = apps.get_model("contact_center", "TollFreeLine")
    for code, name, number, serves, position in LINES:
        line.objects.get_or_create(
            code=code, defaults={"name": name, "number": number, "serves": serves, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0001_initial")]

    operations = [migrations.RunPython(enter_lines, migrations.RunPython.noop)]
