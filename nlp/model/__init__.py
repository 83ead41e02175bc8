"""Articles in, a calibrated probability for each column out. Refuses to know training, files to be sorted and terminals."""
