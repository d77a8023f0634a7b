"""Asks a node whether a chain file is true."""
