"""A printed issue (txt, docx, pdf) in, an Issue out, every character placed or listed. Refuses to know models."""
