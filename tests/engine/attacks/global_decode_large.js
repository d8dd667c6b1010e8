// A TextDecoder over ten million bad bytes. [ok | limit; cpu_ms=100 wall_ms=20000]
new TextDecoder().decode(new Uint8Array(1e7).fill(255)).length;
