import { expect, test } from 'vitest';
import { readLines, readOutput } from './process-output.ts';

async function* output() {
  for (const text of ['10%\r20', '%\rdo\u001B[1mne\r\n\r\nby', 'e\r']) yield new TextEncoder().encode(text);
}

test.each([
  ['followed', async (chunks: AsyncIterable<Uint8Array>, onLine: (line: string) => void) => void (await readOutput(chunks, { onLine, onTooMuch: () => {} }))],
  ['of a process in the background', readLines],
])('lines of a program %s come one by one, also those that it writes over', async (_, read) => {
  const lines: string[] = [];
  await read(output(), (line) => lines.push(line));
  expect(lines).toEqual(['10%', '20%', 'done', '', 'bye']);
});
