"""The analytics store: a DuckDB file in the home, or PostgreSQL by URL."""
