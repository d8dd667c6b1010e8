"""The server: hosts the sessions of one workspace for as long as it runs, and answers over HTTP."""
