"""All that is served over HTTP: the page, its lines, and the routes that other channels bring."""
