"""The API of a workspace over HTTP: the same methods, documents and errors as `api.Workspace`.

`vmgit.Client` asks a server on its unix socket, or over TCP with the server's token. The only
importer of httpx among them is `connection`, and it does so when a client is made.
"""
