// A k6 script: PEER_RATE pizzas a second by PEER_DINERS diners, open-loop, PEER_AT_ONCE at once at the most, until it
// is interrupted.
// A purchase is good where it is a 200 with a `jwt`; it is not verified. When a purchase failed after a good one of the
// same virtual user, its time goes to the console.

import http from "k6/http";
import exec from "k6/execution";
import { check } from "k6";

const SHOP = __ENV.PIZZA_SHOP_URL;
const AT_ONCE = Number(__ENV.PEER_AT_ONCE);
const DINERS = Number(__ENV.PEER_DINERS);
const JSON_BODY = { "Content-Type": "application/json" };

export const options = {
  scenarios: {
    purchases: {
      executor: "constant-arrival-rate",
      rate: Number(__ENV.PEER_RATE),
      timeUnit: "1s",
      duration: "10m",
      // Each takes memory: where there is room for many, few are made ready.
      preAllocatedVUs: AT_ONCE > 64 ? 20 : AT_ONCE,
      maxVUs: AT_ONCE,
      gracefulStop: "1s",
    },
  },
};

export function setup() {
  const menu = http.get(`${SHOP}/api/order/menu`).json();
  const franchise = http.get(`${SHOP}/api/franchise`).json().franchises[0];
  const item = { menuId: menu[0].id, description: menu[0].title, price: menu[0].price };
  const tokens = [];
  for (let number = 0; number < DINERS; number += 1) {
    const diner = { name: `k6-${number}`, email: `k6-${number}@peers.invalid`, password: "peers" };
    tokens.push(http.post(`${SHOP}/api/auth`, JSON.stringify(diner), { headers: JSON_BODY }).json().token);
  }
  const order = { franchiseId: franchise.id, storeId: franchise.stores[0].id, items: [item, item] };
  return { tokens, order: JSON.stringify(order) };
}

let wasGood = true;

export default function buy(made) {
  const token = made.tokens[exec.scenario.iterationInTest % DINERS];
  const answer = http.post(`${SHOP}/api/order`, made.order, {
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
  });
  const isGood = check(answer, { pizza: (it) => it.status === 200 && Boolean(it.json("jwt")) });
  if (wasGood && !isGood) {
    console.log(String(Date.now() / 1000));
  }
  wasGood = isGood;
}
