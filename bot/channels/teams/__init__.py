"""Microsoft Teams: activities become turns, replies become Adaptive Cards. Set-up is in docs/teams.md."""
