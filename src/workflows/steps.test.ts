import { expect, test } from 'vitest';
import { runStep } from './steps.ts';

test('what a step tells has no secrets, and nothing that a terminal acts on', async () => {
  const told: string[] = [];
  const said = '\u001B[31mpulls https://user:c4n4ry@host/x';
  const step = { title: 'image', async run({ progress }: { readonly progress: (text: string) => void }) {
    progress(said);
    return { outcome: 'done' as const, detail: said, warnings: [said] };
  } };
  const { detail, warnings } = await runStep(step, { signal: new AbortController().signal, progress: (text) => void told.push(text) });
  expect([detail, ...warnings, ...told]).toEqual(Array.from({ length: 3 }, () => 'pulls https://***@host/x'));
});
