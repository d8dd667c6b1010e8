// How a price is made of an order and the rules; knows no number of its own.
const percentOff = (cents, percent) => Math.round((cents * (100 - percent)) / 100);

export function priceOf(order, rules) {
  let goods = 0;
  for (const { cents, count } of order.items) {
    const line = cents * count;
    goods += count >= rules.bulk.from ? percentOff(line, rules.bulk.percent) : line;
  }
  if (order.member) goods = percentOff(goods, rules.memberPercent);
  return goods + (goods >= rules.freeShippingFrom ? 0 : rules.shipping);
}
