import { openPriceFeed } from '../prices/feed.ts';
import { serveUntilSignal } from './serve-until-signal.fixture.ts';

// A server process whose downloads have shorter limits, for tests that can't wait for minutes and gigabytes.
const limits = { idleMs: 700, totalMs: 2_500, mostBytes: 4_194_304, mostRedirects: 5 };
await serveUntilSignal((source, options, observer) => openPriceFeed(source, { ...options, limits }, observer));
