"""An issue file in, a page in the browser of this machine out; each decision on the page is a change of that file.

Refuses to know terminals, and to keep anything of its own: what is decided stands in the issue's folder.
"""
