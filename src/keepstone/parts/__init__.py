"""What people add, one file each: targets, conditions, mitigations, metrics. Every part stands alone."""
