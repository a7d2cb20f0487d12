from __future__ import annotations

import pytest

from tests.plugins.google_analytics.desk import Office


@pytest.fixture
def offices() -> type[Office]:
    return Office
