// Preloaded into a command (`--import`): names the moments at which the command changes something or prints a line, and makes a fault happen at one of them.
// FAULT_TRACE is a file that takes the names; FAULT_POINT is the moment, FAULT the signal or `full`, FAULT_DISK the folder that is filled by `full`.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { basename } from 'node:path';

const { FAULT, FAULT_DISK, FAULT_POINT, FAULT_TRACE } = process.env;
const { appendFileSync, openSync, writeSync } = fs;
const seen = new Set();
let lines = 0;

/** Names are the same in every run: random parts of file names are left out, and of what is done again and again between two lines only the first counts. */
function pass(what) {
  const name = `${lines} ${what}`;
  if (seen.has(name)) return;
  seen.add(name);
  if (FAULT_TRACE !== undefined) appendFileSync(FAULT_TRACE, `${name}\n`);
  if (name !== FAULT_POINT) return;
  if (FAULT === 'full') fill(openSync(`${FAULT_DISK}/fill`, 'w'));
  else process.kill(process.pid, FAULT);
}

/** The file stays open: a disk may have no room for a folder's entry either. */
function fill(file) {
  for (let bytes = 65_536; bytes >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(bytes));
    } catch {
      bytes /= 2;
    }
  }
}

function nameOf(path) {
  return basename(String(path)).replaceAll(/(\d+\.)?[0-9a-f]{8}-[0-9a-f-]{27}/g, '*').replace(/^pricectl-.*/, 'pricectl-*');
}

/** Puts a moment before each call of a method, and one after it where it has more to say. */
function watch(owner, method, describe, isTwofold = false) {
  const original = owner[method];
  owner[method] = function watched(...args) {
    pass(describe(args));
    const result = Reflect.apply(original, this, args);
    if (isTwofold) pass(`${describe(args)} done`);
    return result;
  };
}

for (const method of ['link', 'mkdir', 'mkdtemp', 'open', 'rename', 'rm', 'writeFile']) {
  watch(fs.promises, method, (args) => `${method} ${nameOf(args[method === 'rename' || method === 'link' ? 1 : 0])}`);
}
watch(childProcess, 'spawn', () => 'spawn');
const { spawn } = childProcess;
childProcess.spawn = (...args) => {
  const child = spawn(...args);
  if (child.send !== undefined) watch(child, 'send', () => 'send', true);
  return child;
};
watch(net.Socket.prototype, 'connect', () => 'connect', true);
watch(fs.promises, 'readFile', ([path]) => (/^\/proc\/\d/.test(String(path)) ? 'look at a process' : 'read'));
syncBuiltinESMExports();

const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (text, ...rest) => {
  const result = write(text, ...rest);
  lines += 1;
  pass(`line ${/\p{L}+/u.exec(String(text))?.[0]}`);
  return result;
};
