"""A second package, built and installed beside Keepstone, and a ward to assess with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from extension.workplace import Workplace, install, settle

collect_ignore = ["fake", "outside"]  # neither holds tests: one stands in for ART, the other is the second package


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the second package is installed."""
    return install(tmp_path_factory.mktemp("package"))


@pytest.fixture
def ward(package: Path, tmp_path: Path) -> Workplace:
    """The ward's files and cases."""
    settle(tmp_path / "ward")
    return Workplace(tmp_path / "ward", (package,))
