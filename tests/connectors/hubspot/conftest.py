from __future__ import annotations

import pytest

from tests.connectors.hubspot.desk import Office


@pytest.fixture
def offices() -> type[Office]:
    return Office
