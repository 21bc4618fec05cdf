"""The steps by which older databases reach the tables of this version; Alembic runs them."""
