"""The desk's own database in SQLAlchemy Core: SQLite by default, PostgreSQL by URL; a module a port."""
