"""What every app shares and is about nobody: nothing here may know a customer."""
