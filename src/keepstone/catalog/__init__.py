"""Facts as data: risks, harms, limits, known cases, frameworks and words, each in TOML that an auditor can read. One folder, one digest."""
