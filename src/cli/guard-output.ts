import { CancelledError, EnvironmentError, systemCode } from '../tools/errors.ts';
import type { Cancellation } from './cancellation.ts';

/**
 * Keeps a command whole when nobody takes what it prints. A reader of stderr that leaves changes nothing; one of stdout ends the command as an
 * interruption does, and a full disk there ends it with an error. `onLost` is called with that error too: the command may have nothing left to do that
 * could be ended, and must not end well.
 */
export function guardOutput({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>, cancellation: Cancellation, onLost: (error: EnvironmentError) => void): void {
  stderr.on('error', () => {});
  // oclif has a listener that throws: Node would end with 1 and a stack.
  stdout.removeAllListeners('error');
  stdout.on('error', (error) => {
    if (systemCode(error) === 'EPIPE') return cancellation.cancel(new CancelledError('SIGTERM'));
    const lost = new EnvironmentError('PRICECTL_E_OUTPUT', `can't print: ${error.message}`, { cause: error });
    cancellation.cancel(lost);
    onLost(lost);
  });
}
