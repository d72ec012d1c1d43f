// Asks the price service for one id after another. What to ask, and as what load, is in settings.json and ids.json beside it:
// the same profile gives the same load by every engine of pricectl.
import { check, sleep } from 'k6';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import http from 'k6/http';

const settings = JSON.parse(open('./settings.json'));
/** One copy for all virtual users. */
const ids = new SharedArray('ids', () => JSON.parse(open('./ids.json')));
/** The name keeps one series of all ids. */
const params = { timeout: settings.requestTimeoutMs, tags: { name: 'price' } };

export const options = settings.options;

export default function () {
  // Counted over all virtual users of all k6 processes.
  const id = ids[exec.scenario.iterationInTest % ids.length];
  const response = http.get(`${settings.url}/price?product_id=${encodeURIComponent(id)}`, params);
  check(response, { 'status was 200': ({ status }) => status === 200 });
  if (settings.thinkTimeMs > 0) sleep(settings.thinkTimeMs / 1_000);
}
