// The rules of the shop. Every live session follows a change of this file.
const { priceOf } = require("pricing");

const rules = {
  bulk: { from: 10, percent: 5 },
  memberPercent: 3,
  freeShippingFrom: 5000,
  shipping: 490,
};

function price(order) {
  return priceOf(order, rules);
}
