"""Slack: its Web API, its words, and the cards of the team's channel."""
