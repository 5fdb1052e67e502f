"""Campaigns: mail to customers who may be written to, sent once, and what came of it."""
