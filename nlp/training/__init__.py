"""Labelled articles in, a model folder out. The only room that needs torch; refuses to know issues and terminals."""
