from __future__ import annotations

import pytest

from tests.connectors.bitrix24.desk import Office


@pytest.fixture
def offices() -> type[Office]:
    return Office
