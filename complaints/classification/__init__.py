"""What a complaint is about: the form of the register's classification and its command."""
