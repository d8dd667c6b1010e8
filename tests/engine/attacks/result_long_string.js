// A string of 10 million characters. [ok; defaults]
'ab'.repeat(5e6);
