"""Letters by post: batches made, handed to the post or given up, and what came back."""
