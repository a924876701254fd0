"""Who is who: organisations, accounts, sign-in and sessions. What a person may do follows from the role."""
