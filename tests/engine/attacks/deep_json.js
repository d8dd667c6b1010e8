// JSON that is nested too deeply to parse. [error; defaults]
JSON.parse('['.repeat(1e6) + ']'.repeat(1e6));
