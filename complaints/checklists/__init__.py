"""What is looked at before a complaint is answered, by its reasons."""
