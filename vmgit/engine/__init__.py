"""The JavaScript engine: realms in processes of their own."""
