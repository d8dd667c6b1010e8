// A value that holds itself in many ways. [ok; defaults]
const me = []; me.push(me, { me }, new Map([[me, me]]), new Set([me])); me.self = me; me;
