"""MEASURE: from a plan to findings and effects. Parts and areas are handed to it."""
