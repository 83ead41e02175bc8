"""A newsroom's own decisions in, a decision layer and weights for 本期重点 out, and the figures of what was decided.

Refuses to know terminals and pages; what it learns replaces nothing unless it has been measured and is not worse.
"""
