"""A stranger's file becomes plant rows and a report on every problem; no row is lost."""
