// The clock cannot be turned back or made to record for ever. [ok; defaults]
let last = 0; for (let i = 0; i < 2e5; i++) { const now = Date.now(); if (now < last) throw i; last = now; }
Date.now = () => 5; new Date(); performance.now(); 1;
