"""Give the values that are stored already the key by which `import_policy_values` finds them again."""

from django.db import migrations

FILL = """
    UPDATE customers_policyvalue AS value
    SET key = concat_ws(' | ', policy.number, value.kind, value.fund, value.valued_on::text)
    FROM customers_policy AS policy WHERE policy.id = value.policy_id AND value.key IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_documents_calendars_and_people")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
