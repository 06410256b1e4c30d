"""Whatever a backend does to its process is a verdict, and no other backend's."""

from __future__ import annotations

import pytest

from tests.hostile import table


@pytest.mark.slow
def test_the_table_is_what_the_command_does() -> None:
    assert table.document() == table.FILE.read_text(encoding="utf-8")
