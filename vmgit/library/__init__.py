"""Libraries from an npm registry, unpacked into `vendor/` as versioned files."""
