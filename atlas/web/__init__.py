"""HTTP beside the pages: files, map data, health, page heads."""
