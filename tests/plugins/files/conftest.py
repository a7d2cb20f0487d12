from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plugins.files.project import Folder

if TYPE_CHECKING:
    from pathlib import Path

    from latido.testing import ManualClock


@pytest.fixture
def folder(tmp_path: Path, clock: ManualClock) -> Folder:
    return Folder(tmp_path, clock)
