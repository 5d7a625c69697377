"""Personal data: what is found, what is kept, and how long looking takes."""
