from __future__ import annotations

import pytest

from tests.connectors.salesforce.desk import Office


@pytest.fixture
def offices() -> type[Office]:
    return Office
