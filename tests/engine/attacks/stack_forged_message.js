// A message made of what the stack rewriting looks for. [error Error; defaults]
throw new Error('<input>:99999999999999999999:1 <eval> (<dukpy>:1) ?v=deadbeef vmgit:missing/0 vmgit:missing/99999999999999999999');
