"""What can be done with accounts: signing in, managing people, managing organisations."""
