// Console lines without end, in a loop that catches. [limit events; events=200]
for (;;) { try { for (;;) console.error('line'); } catch {} }
