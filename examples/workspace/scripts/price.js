// vmgit run -s SESSION scripts/price.js [ORDER...]
import orders from "../data/orders.json";

const wanted = new Set(vmgit.args);
for (const order of orders) {
  if (wanted.size === 0 || wanted.has(order.id)) {
    console.log(`${order.id}  ${money(price(order)).padStart(12)}`);
  }
}
