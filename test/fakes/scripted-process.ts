import { EnvironmentError } from '../../src/tools/errors.ts';
import { type BackgroundProcess, type BackgroundSpec, type Processes, type ProcessResult, type ProcessSpec, ToolFailedError } from '../../src/tools/process.ts';

/** How a scripted program answers. A text without line break gets none. */
export interface ScriptedReply {
  readonly stdout?: string;
  readonly stderr?: string;
  /** 0 without it. Of a program in the background: it ends with this code after its lines; without it, it runs until disposal, abort or `end`. */
  readonly exitCode?: number;
}

/** One call that a test expects, and what comes of it. */
export interface ScriptedCall {
  /** File and arguments, compared one by one. */
  readonly command: readonly [file: string, ...args: string[]];
  /** What the program is given on stdin; a call with another input, or with one when none is expected, isn't this call. */
  readonly input?: string;
  /** The program's answer, `missing` when it isn't installed, `hangs` when it goes on until the signal aborts, or what is thrown. */
  readonly reply?: ScriptedReply | 'missing' | 'hangs' | Error;
}

/** A scripted program in the background. */
export interface ScriptedBackground extends BackgroundProcess {
  readonly args: readonly string[];
  readonly isDisposed: boolean;
  /** Prints a line. */
  print(line: string): void;
  /** Lets it end by itself. */
  end(exitCode: number, stderr?: string): void;
}

/** Programs that play a script. */
export interface ScriptedProcesses extends Processes {
  /** All calls so far, with their environment and limits. */
  readonly calls: readonly BackgroundSpec[];
  /** The programs in the background, in the order of their start. */
  readonly backgrounds: readonly ScriptedBackground[];
  /** Throws when a call is left, or when one was made that the script didn't have, also when that failure was swallowed. */
  assertUsedUp(): void;
}

/** Creates programs that answer these calls in this order; any other call throws and names itself. */
export function scriptProcesses(script: readonly ScriptedCall[]): ScriptedProcesses {
  const calls: BackgroundSpec[] = [];
  const backgrounds: ScriptedBackground[] = [];
  const strays: string[] = [];
  const take = (spec: BackgroundSpec & { readonly input?: string }): ScriptedReply | 'hangs' => {
    spec.signal.throwIfAborted();
    const expected = script[calls.length - strays.length];
    if (expected === undefined || !isSame(expected, spec)) {
      const stray = `unscripted: ${show([spec.file, ...spec.args], spec.input)}; next is ${expected === undefined ? 'nothing' : show(expected.command, expected.input)}`;
      strays.push(stray);
      calls.push(spec);
      throw new Error(stray);
    }
    calls.push(spec);
    if (expected.reply === 'missing') throw new EnvironmentError('PRICECTL_E_TOOL_MISSING', `${spec.file} isn't installed`);
    if (expected.reply instanceof Error) throw expected.reply;
    return expected.reply ?? {};
  };
  const play = async (spec: ProcessSpec, onLine?: (line: string, stream: 'stdout' | 'stderr') => void): Promise<ProcessResult> => {
    const reply = take(spec);
    if (reply === 'hangs') return untilAborted(spec.signal);
    const { stdout = '', stderr = '', exitCode = 0 } = reply;
    for (const line of linesOf(stdout)) onLine?.(line, 'stdout');
    for (const line of linesOf(stderr)) onLine?.(line, 'stderr');
    if (!(spec.okExitCodes ?? [0]).includes(exitCode)) throw failed(spec, exitCode, stdout, stderr);
    return { stdout: stdout.replace(/\n$/, ''), stderr: stderr.replace(/\n$/, ''), exitCode };
  };
  return {
    calls,
    backgrounds,
    run: (spec) => play(spec),
    follow: play,
    async start(spec) {
      const background = playInBackground(spec, take(spec));
      backgrounds.push(background);
      return background;
    },
    assertUsedUp() {
      const left = script.slice(calls.length - strays.length).map(({ command, input }) => `not called: ${show(command, input)}`);
      if (strays.length + left.length > 0) throw new Error([...strays, ...left].join('\n'));
    },
  };
}

function playInBackground(spec: BackgroundSpec, reply: ScriptedReply | 'hangs'): ScriptedBackground {
  const { stdout = '', stderr = '', exitCode } = reply === 'hangs' ? {} : reply;
  const waiting = [...linesOf(stdout)];
  const { promise: ended, resolve } = Promise.withResolvers<ToolFailedError | undefined>();
  let isDisposed = false;
  let hasEnded = false;
  let wake = Promise.withResolvers<void>();
  const stop = (failure: ToolFailedError | undefined) => {
    hasEnded = true;
    resolve(failure);
    wake.resolve();
  };
  const end = (code: number, said = '') => stop(code === 0 ? undefined : failed(spec, code, '', said));
  if (exitCode !== undefined) end(exitCode, stderr);
  spec.signal.addEventListener('abort', () => stop(undefined), { once: true });
  return {
    args: spec.args,
    ended,
    end,
    get isDisposed() {
      return isDisposed;
    },
    print(line) {
      waiting.push(line);
      wake.resolve();
    },
    lines: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          const line = waiting.shift();
          if (line !== undefined) yield line;
          else if (hasEnded) return;
          else {
            await wake.promise;
            wake = Promise.withResolvers();
          }
        }
      },
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      stop(undefined);
    },
  };
}

function isSame({ command, input }: ScriptedCall, spec: BackgroundSpec & { readonly input?: string }): boolean {
  const actual = [spec.file, ...spec.args];
  return actual.length === command.length && actual.every((part, index) => part === command[index]) && input === spec.input;
}

function show(command: readonly string[], input: string | undefined): string {
  return JSON.stringify(command) + (input === undefined ? '' : ` with input ${JSON.stringify(input)}`);
}

function failed({ file }: BackgroundSpec, exitCode: number, stdout: string, stderr: string): ToolFailedError {
  return new ToolFailedError(`${file} failed (exit code ${exitCode}): ${stderr}`, { exitCode, stdout, stderr });
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
