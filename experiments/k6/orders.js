// Purchases by k6, for `traffic: {engine: k6, script: experiments/k6/orders.js, check: pizza verifies}`.
//
// A constant arrival rate: turns begin when they are due, whether or not earlier ones have been answered. What the drill
// wants stands in the environment: where the shop is, how many purchases a second, and for how long at the most.
// It runs by itself, too: PIZZA_SHOP_URL=… PIZZA_FACTORY_URL=… k6 run experiments/k6/orders.js
import http from 'k6/http';
import encoding from 'k6/encoding';
import { check, fail } from 'k6';

const SHOP = __ENV.PIZZA_SHOP_URL;
const FACTORY = __ENV.PIZZA_FACTORY_URL;
const RATE_PER_S = Number(__ENV.PIZZA_RATE_PER_S || 10);
const TIMEOUT_S = Number(__ENV.PIZZA_TIMEOUT_S || 40);
const MOST_IN_FLIGHT = Number(__ENV.PIZZA_MAX_IN_FLIGHT || 1000);

export const options = {
  scenarios: {
    orders: {
      executor: 'constant-arrival-rate',
      // In whole turns a minute, so that less than one a second can be had.
      rate: Math.max(1, Math.round(RATE_PER_S * 60)),
      timeUnit: '1m',
      duration: `${__ENV.PIZZA_DURATION_S || 60}s`,
      preAllocatedVUs: Math.min(MOST_IN_FLIGHT, Math.max(5, Math.ceil(RATE_PER_S * 2))),
      maxVUs: MOST_IN_FLIGHT,
      gracefulStop: '1s',
    },
  },
};

const JSON_TYPE = { 'Content-Type': 'application/json' };

// Once for all: somebody who buys, what there is to buy, and the keys by which a pizza is told from a fake.
export function setup() {
  const email = __ENV.PIZZA_DINER_EMAIL;
  const login = email
    ? http.put(`${SHOP}/api/auth`, JSON.stringify({ email, password: __ENV.PIZZA_DINER_PASSWORD }), { headers: JSON_TYPE })
    : registered();
  if (login.status !== 200) {
    fail(`nobody can log in at ${SHOP}: ${login.status}`);
  }
  const menu = http.get(`${SHOP}/api/order/menu`).json();
  const store = http.get(`${SHOP}/api/franchise`).json('franchises').flatMap((franchise) =>
    (franchise.stores || []).map((each) => ({ franchiseId: franchise.id, storeId: each.id })),
  )[0];
  const spkis = http.get(`${FACTORY}/.well-known/jwks.json`).json('keys').map(spkiOf);
  return { token: login.json('token'), menu, store, spkis };
}

export default async function (given) {
  const dish = given.menu[Math.floor(Math.random() * given.menu.length)];
  const order = { ...given.store, items: [{ menuId: dish.id, description: dish.title, price: dish.price }] };
  const answer = http.post(`${SHOP}/api/order`, JSON.stringify(order), {
    headers: { ...JSON_TYPE, Authorization: `Bearer ${given.token}` },
    timeout: `${TIMEOUT_S}s`,
  });
  // By its name the drill knows it: `check: pizza verifies`.
  const isPizza = answer.status === 200 && (await verifies(answer.json('jwt'), given.spkis));
  check(isPizza, { 'pizza verifies': (passed) => passed });
}

function registered() {
  const name = `k6-${Date.now()}`;
  const diner = { name, email: `${name}@chaos-pizza.invalid`, password: `${Math.random()}${Math.random()}` };
  return http.post(`${SHOP}/api/auth`, JSON.stringify(diner), { headers: JSON_TYPE });
}

// Whether an RS256 JWT is signed with one of the factory's keys.
async function verifies(jwt, spkis) {
  const parts = typeof jwt === 'string' ? jwt.split('.') : [];
  if (parts.length !== 3) {
    return false;
  }
  try {
    const signed = new Uint8Array(Array.from(`${parts[0]}.${parts[1]}`, (letter) => letter.charCodeAt(0)));
    const signature = encoding.b64decode(parts[2], 'rawurl');
    for (const key of await keysOf(spkis)) {
      if (await crypto.subtle.verify(RS256.name, key, signature, signed)) {
        return true;
      }
    }
  } catch (_) {
    // A signature that is none.
  }
  return false;
}

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
let keys;

// The keys, read once by each user.
async function keysOf(spkis) {
  keys ||= await Promise.all(
    spkis.map((spki) => crypto.subtle.importKey('spki', encoding.b64decode(spki), RS256, false, ['verify'])),
  );
  return keys;
}

// An RSA key as SubjectPublicKeyInfo (RFC 5280): k6 1.1 reads one from a JWK but can't verify by it.
function spkiOf(jwk) {
  const numbers = [jwk.n, jwk.e].map((number) => {
    const bytes = [...new Uint8Array(encoding.b64decode(number, 'rawurl'))];
    return der(0x02, bytes[0] < 128 ? bytes : [0, ...bytes]);
  });
  const rsaEncryption = der(0x30, [6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0]);
  const key = der(0x03, [0, ...der(0x30, numbers.flat())]);
  return encoding.b64encode(new Uint8Array(der(0x30, [...rsaEncryption, ...key])).buffer);
}

function der(tag, content) {
  const { length } = content;
  return [tag, ...(length < 128 ? [length] : [0x82, length >> 8, length & 255]), ...content];
}
