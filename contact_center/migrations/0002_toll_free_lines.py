"""Enter the company's three toll-free lines; names and numbers can be changed in the back office."""

from django.db import migrations

# code, number, Italian, English; whom it serves in both
LINES = [
    (
        "customers",
        "+39800016611",
        ("Assistenza Clienti", "Customer service"),
        (
            "Tutti i clienti, per polizze, scadenze e area riservata",
            "All customers, about policies, due dates and the reserved area",
        ),
    ),
    (
        "claims",
        "+39800330664",
        ("SOS Apertura Sinistri", "SOS new claims"),
        ("Chi deve denunciare o seguire un sinistro", "Whoever has to report a claim or to follow one"),
    ),
    (
        "campers",
        "+39800810091",
        ("Assistenza Camperisti", "Camper assistance"),
        ("I camperisti assicurati", "Insured owners of campers"),
    ),
]


def enter_lines(apps, schema_editor):
    line = apps.get_model("contact_center", "TollFreeLine")
    for position, (code, number, (name, name_en), (serves, serves_en)) in enumerate(LINES, 1):
        names = {"name": name, "name_en": name_en, "serves": serves, "serves_en": serves_en}
        line.objects.get_or_create(code=code, defaults={"number": number, "position": position, **names})


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0001_initial")]

    operations = [migrations.RunPython(enter_lines, migrations.RunPython.noop)]
