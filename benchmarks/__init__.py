"""What `make bench` measures: how fast the product is at full size, each number beside the limit it is held to.

`python -m benchmarks --list` names the subjects. A subject is one module of this folder with a function
`measure(scale) -> Iterator[Row]`; its place in SUBJECTS is its place in the run. It may count on an empty, migrated
database of the benchmark's own (or on what an earlier subject left there) and asks `benchmarks.data` for the rows it
needs, which are made only where they are missing: so each subject also runs alone.
"""

SUBJECTS = (
    "imports",
    "lookups",
    "queue",
    "public_form",
    "helpdesk",
    "portal",
    "claim_reports",
    "encryption",
    "figures",
    "explaining",
    "watching",
    "staffing",
    "find",
    "one_person",
    "call_events",
    "live_desks",
    "alerts",
    "promotions",
    "returns",
    "campaigns",
    "payments",
    "retention",
    "mail",
    "faults",
)
