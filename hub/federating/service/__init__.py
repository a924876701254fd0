"""What can be done: setting up providers, signing in through them, linking, letting people in."""
