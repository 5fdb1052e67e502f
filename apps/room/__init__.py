"""The control room: the page where the support team works."""
