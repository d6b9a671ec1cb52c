"""The twelve focus areas, six a side: declarations of what is asked, and the only place that names parts."""
