"""What managers keep of their own: a module for each subject."""

__all__: list[str] = []
