"""An Issue in, the bytes of a Word file out. Refuses to know models and inboxes."""
