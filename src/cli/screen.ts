/** A whole terminal that a command draws on, until it is disposed; the terminal is then as it was. */
export interface Screen extends Disposable {
  /** Replaces what is shown. At most as many lines as the terminal has rows, none longer than its columns. */
  draw(lines: readonly string[]): void;
}

const escape = '\u001B[';
/** The alternate screen, without cursor and without wrapping (xterm's control sequences: ctlseqs, private modes 1049, 25 and 7). */
const enter = `${escape}?1049h${escape}?25l${escape}?7l`;
const leave = `${escape}?7h${escape}?25h${escape}?1049l`;
/** A terminal that knows synchronized output (private mode 2026) shows a frame at once; others ignore it. */
const beginFrame = `${escape}?2026h${escape}H`;
const endFrame = `${escape}J${escape}?2026l`;

/**
 * Takes the terminal over. It is given back on disposal, when the process exits without, and while the command is stopped by Ctrl-Z; `redraw` is
 * called after that and when the size changes.
 */
export function takeScreen(stream: NodeJS.WriteStream, target: NodeJS.Process, redraw: () => void): Screen {
  let isTaken = false;
  const take = () => {
    isTaken = true;
    stream.write(enter);
  };
  const giveBack = () => {
    if (!isTaken) return;
    isTaken = false;
    stream.write(leave);
  };
  const onStop = () => {
    giveBack();
    target.kill(target.pid, 'SIGSTOP');
  };
  const onContinue = () => {
    if (!isTaken) take();
    redraw();
  };
  target.on('exit', giveBack);
  target.on('SIGTSTP', onStop);
  target.on('SIGCONT', onContinue);
  stream.on('resize', redraw);
  take();
  return {
    draw(lines) {
      // A terminal that is slower than the frames misses some.
      if (!isTaken || stream.writableNeedDrain) return;
      stream.write(`${beginFrame}${lines.map((line) => `${escape}K${line}`).join('\r\n')}${endFrame}`);
    },
    [Symbol.dispose]() {
      target.off('exit', giveBack);
      target.off('SIGTSTP', onStop);
      target.off('SIGCONT', onContinue);
      stream.off('resize', redraw);
      giveBack();
    },
  };
}
