"""What is said and done: conversations, without a channel, a database or a clock of their own."""
