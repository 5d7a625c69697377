"""One module per channel: what people do there becomes turns, what is said becomes messages there."""
