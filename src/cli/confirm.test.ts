import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { type Confirmation, confirmContext, confirmRemoval } from './confirm.ts';

function terminalWith({ input = true, output = true } = {}) {
  return { input: Object.assign(new PassThrough(), { isTTY: input }), output: Object.assign(new PassThrough(), { isTTY: output }) };
}

function confirmation(terminal: ReturnType<typeof terminalWith>, changes: Partial<Confirmation> = {}): Confirmation {
  return { context: 'team', isGiven: false, maySpeak: true, terminal, signal: new AbortController().signal, ...changes };
}

/** What was written to the terminal so far. */
function shown({ output }: ReturnType<typeof terminalWith>): string {
  const chunks: string[] = [];
  for (let chunk = output.read(); chunk !== null; chunk = output.read()) chunks.push(String(chunk));
  return chunks.join('');
}

test('who types the name of the context may change it', async () => {
  const terminal = terminalWith();
  const asked = confirmContext(confirmation(terminal));
  terminal.input.write(' team \n');
  await asked;
  expect(shown(terminal)).toMatch(/team isn't a local cluster. Type its name to change it: /);
});

test.each(['yes', 'Team', ''])('who types %j may not', async (answer) => {
  const terminal = terminalWith();
  const asked = confirmContext(confirmation(terminal));
  terminal.input.write(`${answer}\n`);
  await expect(asked).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_CONFIRMED', kind: 'usage', message: expect.stringMatching(/nothing is changed/) });
});

test.each([
  ['Ctrl-D', (input: PassThrough) => void input.write('te\u0015\u0004')],
  ['an end of the input', (input: PassThrough) => void input.end()],
])('%s is no answer', async (_, finish) => {
  const terminal = terminalWith();
  const asked = confirmContext(confirmation(terminal));
  finish(terminal.input);
  await expect(asked).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_CONFIRMED', message: expect.stringMatching(/nothing is changed/) });
  expect(shown(terminal), 'what follows begins on a line of its own').toMatch(/\n$/);
});

test('with --yes nobody is asked', async () => {
  const terminal = terminalWith({ input: false, output: false });
  await confirmContext(confirmation(terminal, { isGiven: true, maySpeak: false }));
  expect(shown(terminal)).toBe('');
});

test.each([
  ['stdin is no terminal', terminalWith({ input: false }), true],
  ['stderr is no terminal', terminalWith({ output: false }), true],
  ['nobody may be asked', terminalWith(), false],
])('where %s it takes --yes', async (_, terminal, maySpeak) => {
  const refused = confirmContext(confirmation(terminal, { maySpeak }));
  await expect(refused).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_CONFIRMED', hints: [expect.stringMatching(/--yes/)] });
  expect(shown(terminal)).toBe('');
});

test('Ctrl-C at the question is the signal of the command, whose reason is thrown', async () => {
  const terminal = terminalWith();
  const abort = new AbortController();
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
    abort.abort(new Error('interrupted'));
    return true;
  });
  const asked = confirmContext(confirmation(terminal, { signal: abort.signal }));
  terminal.input.write('te\u0003');
  await expect(asked).rejects.toThrow('interrupted');
  expect(kill).toHaveBeenCalledWith(process.pid, 'SIGINT');
});

test('a removal takes a typed yes, or --yes', async () => {
  const { context: _context, ...base } = confirmation(terminalWith());
  const remove = (changes: object) => confirmRemoval({ what: 'all 2 recorded runs', ...base, ...changes });
  await remove({ isGiven: true, maySpeak: false });
  const terminal = terminalWith();
  const asked = remove({ terminal });
  terminal.input.write('yes\n');
  await asked;
  expect(shown(terminal)).toMatch(/Delete all 2 recorded runs\? Type yes: /);
});

test.each(['y', 'no', ''])('who types %j keeps what was to be removed', async (answer) => {
  const terminal = terminalWith();
  const { signal } = new AbortController();
  const asked = confirmRemoval({ what: 'all 2 recorded runs', isGiven: false, maySpeak: true, terminal, signal });
  terminal.input.write(`${answer}\n`);
  await expect(asked).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_CONFIRMED', message: "all 2 recorded runs stay: you didn't type yes" });
});

test('a removal that nobody can be asked about takes --yes', async () => {
  const { signal } = new AbortController();
  const terminal = terminalWith({ input: false });
  await expect(confirmRemoval({ what: 'all', isGiven: false, maySpeak: true, terminal, signal })).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_CONFIRMED', kind: 'usage' });
  const silent = confirmRemoval({ what: 'all', isGiven: false, maySpeak: false, terminal: terminalWith(), signal });
  await expect(silent).rejects.toMatchObject({ code: 'PRICECTL_E_NOT_CONFIRMED' });
});
