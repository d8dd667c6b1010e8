// Tells of a rejection that nobody handled, except when it is only the echo of a module that failed:
// the engine counts those as rejections of their own although the import was handled.
exports.explain = (command) => {
  const reason = state.stringified;
  state.stringified = undefined;
  if (!isObject(reason)) return;
  let echo = false, left = command.ids.length + 1;
  const finish = () => {
    if (--left === 0 && !echo) send('u', load('render').describeFault(reason));
    else if (left === 0) send('u', 'null');
  };
  for (let i = 0; i < command.ids.length; i++) {
    settleInto(importId(command.ids[i]), finish, (error) => {
      if (error === reason) echo = true;
      finish();
    });
  }
  finish();
};
