import { expect, test } from 'vitest';
import type { SectionResult } from './findings.ts';
import { parseNotes, toPage } from './page.ts';
import { toText } from './text.ts';

function resultOf(changes: Partial<SectionResult> = {}): SectionResult {
  return {
    section: 'server',
    title: 'Server',
    measuredAt: '2026-11-25T21:00:00.000Z',
    seconds: 84,
    machine: { cpu: 'a CPU', cores: 2, memoryGiB: 24, system: 'Linux 6.1', versions: { Node: '26.10.0' } },
    comparisons: [
      {
        what: 'requests a second',
        unit: 'req/s',
        figures: [
          { name: 'pricectl', values: [90_000, 80_000, 85_000] },
          { name: 'node:http', values: [100_000, 100_000, 100_000] },
        ],
        goals: [{ against: 'node:http', atLeast: 0.95 }],
      },
    ],
    ...changes,
  };
}

test('a page names machine, goals, what is missed and by how much', () => {
  const page = toPage({ results: [resultOf()], missing: ['table'], notes: new Map() });
  expect(page).toContain('Machine: a CPU, 2 cores, 24 GiB, Linux 6.1. Node 26.10.0.');
  expect(page).toContain('| [server](#server) | pricectl, requests a second | node:http | >= 0.95x | 0.85x (0.8-0.9) | **missed by 11 %** |');
  expect(page).toContain('0 of 1 goals are met. Not met: pricectl, requests a second against node:http (>= 0.95x missed by 11 %).');
  expect(page).toContain('Not measured on this machine: `table`.');
  expect(page).toContain('| requests a second | pricectl | 85,000 (80,000-90,000) req/s |  |  |');
});

test('what was left out is on the page and in the text, with the reason', () => {
  const result = resultOf({ leftOut: [{ what: 'Go net/http', why: 'there is no Go' }] });
  expect(toPage({ results: [result], missing: [], notes: new Map() })).toContain('left out: there is no Go');
  expect(toText(result)).toContain('left out: Go net/http: there is no Go');
});

test('notes are put into their section', () => {
  const notes = parseNotes('About this file.\n\n## server\n\nTried a lot.\n\n## table\n\n### Left\n\nNothing.\n');
  expect([...notes]).toEqual([
    ['server', 'Tried a lot.'],
    ['table', '### Left\n\nNothing.'],
  ]);
  expect(toPage({ results: [resultOf()], missing: [], notes })).toContain('\n\nTried a lot.\n');
});

test('a page without results says so', () => {
  expect(toPage({ results: [], missing: ['server'], notes: new Map() })).toContain('Nothing was measured yet');
});
