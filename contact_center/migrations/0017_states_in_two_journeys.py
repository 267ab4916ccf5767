"""What the states of agents are worked out from, and what is written of them, as functions: planned once for each connection.

The first locks the agents in one order, and gives for each the rows from the report that held at the moment asked for (or from as
long before as a call may wait for its code), and the calls in which the agent spoke since: whole ones, and legs. An agent has to
code a call that nobody had after them; they are done with it when its contact is coded, handed on or put back. Its
statements begin after the lock is held, so they see what others wrote. The second writes in the order in which no two
rows are open, begin or end at once.
"""

from django.db import migrations

FACTS = """
CREATE FUNCTION contact_center_agent_facts(
    agents bigint[], moments timestamptz[], longest interval, before interval, releases text[]
) RETURNS TABLE (agent_id bigint, user_id bigint, states jsonb, talks jsonb) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    asked record;
    since timestamptz;
BEGIN
    PERFORM 1 FROM contact_center_agent agent WHERE agent.id = ANY(agents) ORDER BY agent.id FOR NO KEY UPDATE;
    FOR asked IN
        SELECT one.id, one.at, agent.user_id AS user_of
        FROM unnest(agents, moments) AS one (id, at) JOIN contact_center_agent agent ON agent.id = one.id
    LOOP
        agent_id := asked.id;
        user_id := asked.user_of;
        since := greatest(asked.at - longest, (
            SELECT state.reported_at FROM contact_center_agentstate state
            WHERE state.agent_id = asked.id AND state.began_at <= asked.at ORDER BY state.began_at DESC LIMIT 1
        ));
        SELECT jsonb_agg(jsonb_build_array(
            state.id, state.reported, state.cause, state.pause_id, state.reported_at, state.call_state, state.contact_id,
            state.began_at, state.ended_at
        ) ORDER BY state.began_at), least(min(state.began_at), asked.at)
        INTO states, since
        FROM contact_center_agentstate state
        WHERE state.agent_id = asked.id AND (state.ended_at IS NULL OR state.ended_at > since);
        SELECT jsonb_agg(jsonb_build_array(talk.contact_id, talk.answered_at, talk.ended_at,
            CASE WHEN NOT talk.is_last THEN talk.ended_at ELSE COALESCE(
                (SELECT min(event.at) FROM contact_center_contactevent event
                 WHERE event.contact_id = talk.contact_id AND event.at >= talk.answered_at
                 AND event.kind = ANY(releases)),
                (SELECT COALESCE(talk.ended_at, talk.answered_at) FROM contact_center_contact contact
                 WHERE contact.id = talk.contact_id AND (contact.state <> 'in_progress' OR contact.wrap_up_id IS NOT NULL
                 OR contact.owner_id IS DISTINCT FROM asked.id))
            ) END
        ))
        INTO talks
        FROM (
            SELECT call.contact_id, call.answered_at, call.ended_at, TRUE AS is_last
            FROM contact_center_call call
            WHERE call.agent_id = asked.id AND call.answered_at IS NOT NULL AND call.contact_id IS NOT NULL
            AND call.queued_at > since - before AND (call.ended_at IS NULL OR call.ended_at > since - longest)
            AND NOT EXISTS (SELECT 1 FROM contact_center_callleg leg WHERE leg.call_id = call.id)
            UNION ALL
            SELECT call.contact_id, leg.answered_at, leg.ended_at, NOT EXISTS (
                SELECT 1 FROM contact_center_callleg later
                WHERE later.call_id = leg.call_id AND later.position > leg.position AND later.answered_at IS NOT NULL
            )
            FROM contact_center_callleg leg JOIN contact_center_call call ON call.id = leg.call_id
            WHERE leg.agent_id = asked.id AND leg.answered_at IS NOT NULL AND call.contact_id IS NOT NULL
            AND call.queued_at > since - before AND (leg.ended_at IS NULL OR leg.ended_at > since - longest)
        ) AS talk;
        RETURN NEXT;
    END LOOP;
END
$$
"""
KEEP = """
CREATE FUNCTION contact_center_keep_states(
    gone bigint[], ended bigint[], ends timestamptz[], agents bigint[], reports text[], causes text[], pauses bigint[],
    reported timestamptz[], telephones text[], contacts bigint[], begins timestamptz[], ending timestamptz[]
) RETURNS void LANGUAGE plpgsql
AS $$
BEGIN
    IF cardinality(gone) > 0 THEN
        DELETE FROM contact_center_agentstate WHERE id = ANY(gone);
    END IF;
    UPDATE contact_center_agentstate state SET ended_at = one.at
    FROM unnest(ended, ends) AS one (id, at) WHERE state.id = one.id;
    INSERT INTO contact_center_agentstate
        (agent_id, reported, cause, pause_id, reported_at, call_state, contact_id, began_at, ended_at)
    SELECT * FROM unnest(agents, reports, causes, pauses, reported, telephones, contacts, begins, ending);
END
$$
"""
DROP_FACTS = "DROP FUNCTION contact_center_agent_facts(bigint[], timestamptz[], interval, interval, text[])"
DROP_KEEP = """
DROP FUNCTION contact_center_keep_states(
    bigint[], bigint[], timestamptz[], bigint[], text[], text[], bigint[], timestamptz[], text[], bigint[], timestamptz[],
    timestamptz[]
)
"""


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0016_pause_reasons")]

    operations = [migrations.RunSQL(FACTS, DROP_FACTS), migrations.RunSQL(KEEP, DROP_KEEP)]
