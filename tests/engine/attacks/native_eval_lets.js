// Natives that never poll: eval lets. [limit cpu_ms; cpu_ms=100 wall_ms=20000]
eval('let ' + Array.from({ length: 60000 }, (_, i) => 'x' + i).join() + ';');
