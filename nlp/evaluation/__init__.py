"""Answers and what editors decided in; figures with intervals and signatures out. Refuses to choose or to write anything."""
