"""Pages for people: made on the server, in Chinese and English, with forms that work without a script."""
