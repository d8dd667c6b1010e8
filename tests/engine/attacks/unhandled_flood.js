// A hundred thousand rejections that nobody handles. [error TypeError; defaults]
for (let i = 0; i < 1e4; i++) Promise.reject(new TypeError('number ' + i));
