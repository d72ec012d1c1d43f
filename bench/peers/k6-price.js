import http from 'k6/http';
import { check } from 'k6';

export const options = { vus: Number(__ENV.VUS), duration: `${__ENV.SECONDS}s`, discardResponseBodies: false };

export default function () {
  const response = http.get(`${__ENV.URL}/price?product_id=P124`);
  check(response, { 'status is 200': ({ status }) => status === 200 });
}

export function handleSummary({ metrics }) {
  return { stdout: JSON.stringify({ requestsPerSecond: metrics.http_reqs.values.rate, failed: metrics.http_req_failed.values.passes }) };
}
