import { isRecord } from '../../tools/json.ts';
import { asRefusal, type Refusal } from './control-protocol.ts';

/**
 * What command and supervisor say to each other while the supervisor starts, over the channel that it was spawned with. The supervisor waits
 * for `start`, which comes when the state file names it, and ends when the command dies before: so there is never a supervisor that no
 * command could find.
 */
export type ToSupervisor = { readonly type: 'start' };

/** How the start went. */
export type FromSupervisor = { readonly type: 'started' } | ({ readonly type: 'failed' } & Refusal);

/** Whether a value is the command's word to start. */
export function isStart(value: unknown): value is ToSupervisor {
  return isRecord(value) && value['type'] === 'start';
}

/** The message of a supervisor that a value is, or undefined when it is none. */
export function asSupervisorMessage(value: unknown): FromSupervisor | undefined {
  if (!isRecord(value)) return undefined;
  if (value['type'] === 'started') return { type: 'started' };
  const refusal = asRefusal(value);
  return value['type'] === 'failed' && refusal !== undefined ? { type: 'failed', ...refusal } : undefined;
}
