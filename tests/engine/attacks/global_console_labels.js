// Console.count with a label for each of a million. [limit events | limit output_kb; defaults]
for (let i = 0; ; i++) console.count('label ' + i);
