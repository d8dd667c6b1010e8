// Dates beyond every calendar. [ok; defaults]
[new Date(NaN), new Date(8.64e15), new Date(-8.64e15), Object.create(Date.prototype)];
