// A top-level await that nothing can settle. [error Pending; defaults]
await new Promise(() => {});
