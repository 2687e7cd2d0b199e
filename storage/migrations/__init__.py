"""Alembic migrations: one schema, two databases."""
