"""The statement that keeps events of calls, as a function: the database plans it once for each connection, not each time.

It locks the calls' buckets, writes what is new, and returns one row for each call with all the events it has and, as JSON,
the call and its contact as they are stored. The second statement begins after the lock is held, so it sees what others wrote.
The plan is made for a few calls by their keys, whatever the tables held when it was made.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION contact_center_keep_events(
    lock_space int, buckets int[], of_source text, call_keys text[], event_keys text[], kinds text[],
    moments timestamptz[], all_facts jsonb[]
) RETURNS TABLE (
    call_key text, told jsonb, call jsonb, contact jsonb, agent_code text, agent_user_id bigint
) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(lock_space, bucket) FROM unnest(buckets) AS bucket;
    RETURN QUERY
    WITH fresh AS (
        INSERT INTO contact_center_callevent (source, external_id, key, kind, at, facts, received_at)
        SELECT of_source, heard.*, now() FROM unnest(call_keys, event_keys, kinds, moments, all_facts) AS heard
        ON CONFLICT (source, key) DO NOTHING
        RETURNING external_id, key, kind, at, facts
    ), event AS (
        SELECT external_id, key, kind, at, facts, true AS is_new FROM fresh
        UNION ALL
        SELECT external_id, key, kind, at, facts, false FROM contact_center_callevent
        WHERE source = of_source AND external_id = ANY(call_keys)
    ), known AS (
        SELECT external_id, jsonb_agg(jsonb_build_array(key, kind, at, facts, is_new)) AS told
        FROM event GROUP BY external_id
    )
    SELECT known.external_id::text, known.told, to_jsonb(stored), to_jsonb(its_contact), agent.code::text,
        agent.user_id::bigint
    FROM known
    LEFT JOIN contact_center_call AS stored ON stored.source = of_source AND stored.external_id = known.external_id
    LEFT JOIN contact_center_contact AS its_contact ON its_contact.id = stored.contact_id
    LEFT JOIN contact_center_agent AS agent ON agent.id = stored.agent_id;
END
$$
"""
DROP = """
DROP FUNCTION contact_center_keep_events(int, int[], text, text[], text[], text[], timestamptz[], jsonb[])
"""


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0004_public_topics")]

    operations = [migrations.RunSQL(CREATE, DROP)]
