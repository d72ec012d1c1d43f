// Makes load with autocannon and prints its requests a second, as JSON. Argument: JSON of `{url, seconds, vus}`.
import autocannon from 'autocannon';
import { type Mark, markNow, steadyPart } from './steady-part.ts';

const { url, seconds, vus } = JSON.parse(process.argv[2] ?? '');
const marks: Mark[] = [];
let requests = 0;
const run = autocannon({ url: `${url}/price?product_id=P124`, connections: vus, duration: seconds });
void run.on('tick', ({ counter }) => {
  requests += counter;
  marks.push(markNow(requests));
});
const { errors, non2xx } = await run;
console.log(JSON.stringify({ requestsPerSecond: steadyPart(marks), failed: errors + non2xx }));
