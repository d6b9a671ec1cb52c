"""The readers of others that are installed take what is whole and refuse what is changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent.parent / "benchmarks" / "export_readers.py"


@pytest.mark.slow
def test_every_reader_that_is_installed_agrees() -> None:
    run = subprocess.run([sys.executable, str(BENCH)], capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    for what in ("SARIF", "OSCAL", "JUnit", "CycloneDX", "AVID", "model card", "DSSE", "checkpoint", "inclusion", "consistency"):
        assert what in run.stdout
