"""Speed and memory of multiact against its rivals, as ratios within one run: ``make bench``."""
