"""Acting for another: asked for with a document, decided in the queue."""
