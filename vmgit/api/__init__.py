"""The API of a workspace: what the command line, the server and Python programs all call.

Each method takes plain values and returns a document (`vmgit.documents`); `vmgit.client` has the
same methods over HTTP. Nothing here prints, reads the command line or knows HTTP.
"""
