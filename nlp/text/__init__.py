"""Characters, words, sentences, places: strings in, strings out. Refuses to know articles, files and models."""
