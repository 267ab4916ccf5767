"""What an officer sees of a complaint on one page: the next step, the story, the person, similar complaints, the checklist."""
