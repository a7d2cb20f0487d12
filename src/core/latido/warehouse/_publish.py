"""A read-only copy for programs that keep a file open."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from latido.warehouse._file import Warehouse


def publish(warehouse: Warehouse, target: Path) -> None:
    """Put a copy of *warehouse* at *target*, in one step: whoever has the older copy open goes on reading it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with warehouse.writing() as connection:
            connection.execute("CHECKPOINT")
        # A read-only connection keeps writers away. Copying drops its lock when the copy ends, which is soon enough.
        with warehouse.reading():
            shutil.copyfile(warehouse.path, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
