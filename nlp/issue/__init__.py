"""Sorted articles in; the issue file, the draft and what is open in it out. Refuses to know typesetting and terminals."""
