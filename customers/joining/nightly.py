"""Find likely duplicates: set-based, each night. A tax code is one customer's alone, so of two files of one person one has none.

From the files without a tax code, which are few, each rule looks for others with the same name. A pair that is there remains;
what a night does not find any more, and nobody decided, goes.
"""

from datetime import date
from typing import Any

from django.db import connection, transaction

from customers.models import DuplicatePair
from customers.models.joining import DuplicateReason, DuplicateState

# Files that can be one of a pair; `bare` those without a tax code. Names as they are searched for; those that were erased have none.
_FIND = """
    WITH bare AS MATERIALIZED (
        SELECT id, kind, search_key, birth_date, vat_number, tax_code, address, postal_code
        FROM customers_customer WHERE tax_code = '' AND merged_into_id IS NULL AND search_key <> ''
    ),
    named AS MATERIALIZED (
        SELECT bare.id AS one, other.id AS other,
               bare.vat_number <> '' AND bare.vat_number IN (other.vat_number, other.tax_code)
                   OR other.vat_number <> '' AND other.vat_number = bare.tax_code AS same_vat,
               bare.birth_date = other.birth_date AS same_birth,
               bare.address <> '' AND lower(bare.address) = lower(other.address)
                   AND bare.postal_code = other.postal_code AS same_home
        FROM bare JOIN customers_customer other
            ON other.search_key = bare.search_key AND other.id <> bare.id AND other.kind = bare.kind
        WHERE other.merged_into_id IS NULL
    ),
    reached AS (
        SELECT bare.id AS one, other.id AS other
        FROM bare
        JOIN customers_contactpoint mine ON mine.customer_id = bare.id
        JOIN customers_contactpoint theirs
            ON theirs.value = mine.value AND theirs.kind = mine.kind AND theirs.customer_id <> bare.id
        JOIN customers_customer other ON other.id = theirs.customer_id
        WHERE (mine.verified_at IS NOT NULL OR theirs.verified_at IS NOT NULL)
          AND other.merged_into_id IS NULL AND other.search_key <> '' AND other.kind = bare.kind
          AND (
              other.search_key = bare.search_key
              OR starts_with(other.search_key, bare.search_key || ' ')
              OR starts_with(bare.search_key, other.search_key || ' ')
              OR replace(other.search_key, ' ', '') = replace(bare.search_key, ' ', '')
              OR (SELECT array_agg(word ORDER BY word) FROM regexp_split_to_table(other.search_key, ' ') word)
                 = (SELECT array_agg(word ORDER BY word) FROM regexp_split_to_table(bare.search_key, ' ') word)
          )
    ),
    found AS (
        SELECT one, other, %(vat)s AS reason FROM named WHERE same_vat
        UNION ALL SELECT one, other, %(point)s FROM reached
        UNION ALL SELECT one, other, %(birth)s FROM named WHERE same_birth
        UNION ALL SELECT one, other, %(home)s FROM named WHERE same_home
    )
    INSERT INTO customers_duplicatepair (first_id, second_id, reasons, state, found_at, seen_on, decision_reason)
    SELECT least(one, other), greatest(one, other), array_agg(DISTINCT reason ORDER BY reason), 'suggested', now(),
           %(today)s, ''
    FROM found GROUP BY 1, 2
    ON CONFLICT (first_id, second_id) DO UPDATE SET reasons = EXCLUDED.reasons, seen_on = EXCLUDED.seen_on
    WHERE customers_duplicatepair.state = 'suggested'
"""


@transaction.atomic
def find_duplicates(today: date) -> int:
    """Write the pairs that look like one person, and take away those that do not any more; returns how many are to be decided.

    Run twice it finds the same. What a person decided is not touched, nor what a colleague found by hand.
    """
    values: dict[str, Any] = {
        "vat": DuplicateReason.VAT_NUMBER.value,
        "point": DuplicateReason.VERIFIED_POINT.value,
        "birth": DuplicateReason.BIRTH_DATE.value,
        "home": DuplicateReason.HOME.value,
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIND, values)
    open_pairs = DuplicatePair.objects.filter(state=DuplicateState.SUGGESTED)
    open_pairs.filter(seen_on__lt=today).exclude(reasons__contains=[DuplicateReason.BY_HAND]).delete()
    return open_pairs.count()
