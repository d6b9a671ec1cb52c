"""All that comes from outside, checked before anything else sees it: system files, tables, models."""
