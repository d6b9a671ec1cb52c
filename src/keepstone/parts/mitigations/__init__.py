"""Functions from target to target. The object that is measured is the object that is deployed."""
