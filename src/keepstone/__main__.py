"""`python -m keepstone` is `keepstone`."""

from __future__ import annotations

import sys

from keepstone.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
