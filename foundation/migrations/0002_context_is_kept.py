"""Guard the context of every history, who did what and when: it changes within the day it was written in, and stays."""

from django.db import migrations

CONTEXT_GUARD = """
    CREATE FUNCTION context_is_kept() RETURNS TRIGGER AS $$
    BEGIN
        IF current_setting('vittoria_care.retention', TRUE) = 'on'
            AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;
    END;
    $$ LANGUAGE plpgsql;
    CREATE TRIGGER context_stays BEFORE UPDATE ON pghistory_context FOR EACH ROW
        WHEN (OLD.id <> NEW.id OR OLD.created_at <> NEW.created_at OR OLD.created_at < now() - interval '1 day')
        EXECUTE FUNCTION context_is_kept();
    CREATE TRIGGER context_is_never_deleted BEFORE DELETE ON pghistory_context FOR EACH ROW
        EXECUTE FUNCTION context_is_kept();
"""
NO_CONTEXT_GUARD = "DROP FUNCTION context_is_kept() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [migrations.RunSQL(CONTEXT_GUARD, NO_CONTEXT_GUARD)]
