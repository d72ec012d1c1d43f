import { createProcesses } from './process.ts';

// Starts the program of its arguments in the background, says so, and waits to be killed.
const [file = '', ...args] = process.argv.slice(2);
const background = await createProcesses().start({ file, args, env: process.env, signal: new AbortController().signal });
for await (const line of background.lines) process.stdout.write(`${line}\n`);
