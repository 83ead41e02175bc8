"""An archive in; a folder of parts with an answer to each article out, by as many processes as there are. Refuses to print."""
