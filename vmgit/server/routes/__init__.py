"""The routes of the server, one file for each resource; all paths begin with `/api/v1`."""
