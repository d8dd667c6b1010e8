"""Tests of libraries: npm packages as files of `vendor/`."""
