"""What keeps the system itself in order: keys of programs, answers kept for repeated writes, proofs of removals."""

from .api_key import ApiKey, Scope
from .numbering import NumberedYear
from .retention import FileToRemove, RetentionPeriod, RetentionProof, RetentionRun
from .upkeep import Attempt, Heartbeat, IdempotencyRecord
from .versioned import Versioned

__all__ = [
    "ApiKey",
    "Attempt",
    "FileToRemove",
    "Heartbeat",
    "IdempotencyRecord",
    "NumberedYear",
    "RetentionPeriod",
    "RetentionProof",
    "RetentionRun",
    "Scope",
    "Versioned",
]
