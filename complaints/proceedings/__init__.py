"""Court cases, mediations and assisted negotiations about the matter of a complaint."""
