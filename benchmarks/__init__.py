"""What `make bench` measures: how fast the product is at full size, each number beside the limit it is held to.

`python -m benchmarks --list` names the subjects. A subject is one module of this folder with a function
`measure(scale) -> Iterator[Row]`; its place in SUBJECTS = (
    "imports",
    "lookups",
    "queue",
    "public_form",
    "helpdesk",
    "portal",
    "payments",
    "claim_reports",
    "figures",
    "call_events",
    "alerts",
    "mail",
    "faults",
)
