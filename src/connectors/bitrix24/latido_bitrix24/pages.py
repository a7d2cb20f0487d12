"""Pages of Bitrix24 about what has no page of its own in the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.connect import Source
from latido_bitrix24.transforms import PORTAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from latido.connect import Context, JsonObject

DEAL_PAGE = "/crm/deal/details/{}/"
TASK_PAGE = "/company/personal/user/0/tasks/task/view/{}/"


def page(path: str, field: str) -> Source:
    """The page at *path*, in which {} stands for what a record has in *field*."""

    def bind(context: Context) -> Callable[[JsonObject], str | None]:
        portal = context.reference.get(PORTAL) or ""
        return lambda record: f"{portal}{path.format(record[field])}" if record.get(field) else None

    return Source(f"page {path.replace('{}', f'<{field}>')}", (field,), bind)
