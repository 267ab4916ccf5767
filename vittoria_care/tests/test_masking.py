"""The table of the columns that are masked (vittoria_care/masking.py) against the models; what is shown is in test_page_contents.py."""

from django.apps import apps

from vittoria_care.masking import MASKED


def test_every_column_of_a_person_s_codes_and_numbers_is_in_the_table():
    """A column called like one of these holds such a value, but for those of offices and of our own people."""
    ours = {"customers.agency.phone", "customers.claim.adjuster_phone"}
    named = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if not model.__name__.endswith("History")
        and (field.name in ("tax_code", "birth_date", "caller", "caller_stated") or field.name.endswith("phone"))
    }
    assert named - ours <= set(MASKED)


def test_every_column_of_the_table_exists():
    for each in MASKED:
        app, model, field = each.split(".")
        assert apps.get_model(app, model)._meta.get_field(field)
