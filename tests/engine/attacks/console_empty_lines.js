// Empty console lines are not free. [limit output_kb; output_kb=1 events=1000000]
for (;;) console.log();
