import { expect, test } from 'vitest';
import { describeExit } from './exit-words.ts';

const logged = (message: string) => `time="2026-11-25T19:14:28Z" level=error msg=${JSON.stringify(message)} hint="script exception" source=stacktrace\n`;

test('a thrown error is told with its place, without the folder that we made', () => {
  const said = `time="x" level=warning msg="something else"\n${logged("TypeError: Cannot read properties of null (reading 'x')\n\tat setup (file:///tmp/pricectl-k6-a/load.js:1:32(0))\n")}`;
  expect(describeExit(107, said, '/tmp/pricectl-k6-a')).toBe("the script failed: TypeError: Cannot read properties of null (reading 'x') (load.js:1:32)");
});

test('a place without a function is one too', () => {
  expect(describeExit(107, logged('Error: init\n\tat file:///s/b.js:1:7(0)\n'), '/s')).toBe('the script failed: Error: init (b.js:1:7)');
});

test('that a script could not be loaded is said by the code already', () => {
  const message = "could not initialize '/s/main.js': could not load JS test 'file:///s/main.js': file:///s/a.js: Unexpected end of input";
  expect(describeExit(107, logged(message), '/s')).toBe('the script failed: a.js: Unexpected end of input');
});

test('a list of problems comes on one line', () => {
  const message = "There were problems with the specified script configuration:\n\t- executor default: function 'default' not found in exports\n\t- more";
  expect(describeExit(104, logged(message))).toBe(
    "the options of the script are invalid: There were problems with the specified script configuration: executor default: function 'default' not found in exports; more",
  );
});

test.each([
  [137, '', 'ended by SIGKILL'],
  [103, '', 'it was stopped'],
  [110, '', 'the script marked the test as failed'],
  [255, 'unknown flag: --x', 'k6 refused: unknown flag: --x'],
  [7, '', 'it gave no reason'],
])('exit code %i', (exitCode, said, words) => {
  expect(describeExit(exitCode, said)).toBe(words);
});
