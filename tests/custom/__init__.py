"""Activations of users: one formula, every framework."""
