"""What a running server leaves in the state folder for those who look for it.

Its record (`server.json`), the lock that proves it alive, its socket and its token. Both sides
share these modules; they know neither HTTP nor sessions.
"""
