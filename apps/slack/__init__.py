"""The team's side in Slack: what its members press, write and ask."""
