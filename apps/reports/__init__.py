"""The weekly report on paper: the files in which it leaves the desk."""
