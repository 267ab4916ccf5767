"""Who enrolled a company works for it and may do everything; everybody else acts for themself, since they enrolled."""

from django.db import migrations

# The versions before this one are of a time in which nothing else could be: none of them is kept.
FORWARD = """
    ALTER TABLE customers_reservedareaaccount DISABLE TRIGGER USER;
    UPDATE customers_reservedareaaccount account
       SET capacity = CASE customer.kind WHEN 'company' THEN 'member' ELSE 'self' END,
           rights = CASE customer.kind
                    WHEN 'company' THEN ARRAY['ask', 'pay', 'report', 'consent', 'people'] ELSE ARRAY[]::text[] END,
           valid_from = (account.enrolled_at AT TIME ZONE 'Europe/Rome')::date
      FROM customers_customer customer
     WHERE customer.id = account.customer_id;
    ALTER TABLE customers_reservedareaaccount ENABLE TRIGGER USER;
"""
BACK = "UPDATE customers_reservedareaaccount SET capacity = 'self', rights = '{}' WHERE capacity = 'member'"


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_several_people_for_a_customer")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
