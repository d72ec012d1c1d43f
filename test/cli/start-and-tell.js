// Starts pricectl as bin/run.js does, or with oclif whatever the command line is, and tells on descriptor 3 which of the two it was.
import { writeSync } from 'node:fs';
import { runFully, start } from '../../bin/start.js';

process.on('exit', () => writeSync(3, globalThis.oclif?.enableAutoTranspile === false ? 'full' : 'light'));
await (process.env.START_FULLY === undefined ? start() : runFully());
