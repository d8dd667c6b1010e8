// Many packages ask `process.env.NODE_ENV` which of their two builds to be, and nothing else of
// Node. So there is this one variable, the same everywhere; nothing of the machine is in it.
exports.process = { env: { NODE_ENV: 'production' } };
