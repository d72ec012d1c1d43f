import { CancelledError, EnvironmentError, systemCode } from '../tools/errors.ts';
import type { Cancellation } from './cancellation.ts';

/**
 * Keeps a command whole when nobody takes what it prints. A reader of stderr that leaves changes nothing; one of stdout ends the command as an
 * interruption does, and a full disk there ends it with an error.
 */
export function guardOutput({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>, cancellation: Cancellation): void {
  stderr.on('error', () => {});
  stdout.on('error', (error) => {
    const isGone = systemCode(error) === 'EPIPE';
    cancellation.cancel(isGone ? new CancelledError('SIGTERM') : new EnvironmentError('PRICECTL_E_OUTPUT', `can't print: ${error.message}`, { cause: error }));
  });
}
