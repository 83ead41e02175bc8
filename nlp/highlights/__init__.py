"""Articles in; their key sentences and the ones that lead the issue out, with reasons. Refuses to know files and labels' models."""
