"""Signing in through the identity providers of organisations (OpenID Connect), several side by side.

Who somebody is says the provider; what the person may do here is the account, linked by provider and subject.
"""
