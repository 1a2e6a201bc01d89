"""A damaged journal: its pages are opened one by one, what is readable goes into a new journal."""
