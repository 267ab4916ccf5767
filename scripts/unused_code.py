"""Name the code of the product that nothing in the product uses: vulture, with what Django finds by name.

A name counts as used where the product's own code names it (tests and benchmarks do not count), where a template has
it, or where it is a string by itself, as in `list_display` or a dotted path. Exit code 1 and a line for each finding.
"""

import ast
import re
import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = (
    "foundation",
    "customers",
    "notifications",
    "contact_center",
    "complaints",
    "promotions",
    "insights",
    "reserved_area",
    "vittoria_care",
)
EXCLUDED = ["*/tests/*", "*/migrations/*", "*/formats/*", "*/settings_test.py"]
NAMES = re.compile(r"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)*")
IN_TEMPLATES = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)

# What others call or read by a name of theirs, by who does.
ADMIN = """*Admin *Inline add_fieldsets autocomplete_fields autocomplete_view can_delete change_form_outer_after_template change_form_outer_before_template default_site empty_value_display
enable_nav_sidebar fk_name formset get_* has_*_permission hide_title index_title inlines list_before_template list_filter
list_select_related lookup_allowed lookups max_num save_formset search_fields search_help_text show_change_link show_facets template_after
show_full_result_count _get_config _get_list _get_colors _get_obj_does_not_exist_redirect has_filters has_output"""
FORMS = "allow_multiple_selected clean_* decompress empty_value formfield_callback input_type label_from_instance prepare_value template_name widgets"
MODELS = (
    "Meta abstract arg_joiner arity clone constraints create_superuser indexes output_field _get_session_auth_hash"
)
DJANGO = """*Config _class _should_handle app_configs fields_cache file_complete form_invalid form_valid formatter_class handle handler400 handler403 handler404 is_open_for_signup
process_exception process_template_response process_view ready requires_system_checks send_mail stealth_options urlpatterns wsgi_app"""
API = """*Scheme *_label *_url StrictSerializerSchema accepted_* allow_request can_be_* cursor_query_param decode_cursor encode_cursor
max_page_size own_cover page_size page_size_query_param throttle_classes authentication_classes authenticate_header
default_error_messages has_module_perms has_perms map_serializer match_subclasses parser_classes perm perm_list permission_classes
target_class validate_*"""
OTHERS = """address_family bind_user_id clear_url_caches codes_as_they_are collect daemon_threads default_language describe django_db_* django_test_environment empty_cache
freeze_panes graceful_timeout handle_error _heap
RoutineLeftOut workers last_run_at logconfig_dict on_starting post_fork post_worker_init pytest_collection_finish pytest_addoption pytest_collection_modifyitems pytest_configure request_queue_size
ValueClass worker_class control_socket_disable _csp_update texts_of_the_files"""  # sockets, Celery, Prometheus, spreadsheets, gunicorn, pytest
SIGN_IN = """complete_login list_providers modified on_authentication_error parse_token pre_social_login
supports_token_authentication _mark_code_used"""  # allauth's adapters, and sessions
PEOPLE = "all_doors forget marked_at text_columns"  # what a test reads whole or begins with, and what somebody reads who looks into the database
CALLED_BY_NAME = " ".join((ADMIN, FORMS, MODELS, DJANGO, API, OTHERS, SIGN_IN, PEOPLE)).split()
REGISTERED = ["@register.*", "@admin.*", "@receiver*", "@shared_task*", "@*.register", "@*.connect", "@*.validator"]


def main() -> int:
    """Print what is unused; returns the exit code."""
    vulture = Vulture(ignore_names=CALLED_BY_NAME, ignore_decorators=REGISTERED)
    vulture.scavenge(
        [ROOT / name for name in (*PRODUCT, "manage.py", "gunicorn.conf.py", "scripts")], exclude=EXCLUDED
    )
    vulture.used_names.update(named_in_strings(), named_in_templates())
    findings = [item for item in vulture.get_unused_code() if not item.name.isupper()]  # settings, and stored choices
    for item in findings:
        print(f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: unused {item.typ} '{item.name}'")
    return 1 if findings else 0


def named_in_strings() -> set[str]:
    """Return the names in strings that are nothing but a name, a dotted path or a lookup, and those of arguments."""
    names = set()
    for path in (path for app in PRODUCT for path in (ROOT / app).rglob("*.py")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            text = node.arg if isinstance(node, ast.keyword) else getattr(node, "value", None)
            if isinstance(text, str) and NAMES.fullmatch(text.lstrip("-")):
                names.update(re.split(r"[-.:]|__", text))
    return names


def named_in_templates() -> set[str]:
    """Return every word between the braces of the templates."""
    templates = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.*"))
    return {word for braces in IN_TEMPLATES.findall(templates) for word in re.findall(r"[A-Za-z_]\w*", braces)}


if __name__ == "__main__":
    sys.exit(main())
