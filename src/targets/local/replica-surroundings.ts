import type { Socket } from 'node:net';
import type { Clock } from '../../tools/clock.ts';
import type { Environment } from '../../tools/files.ts';
import type { HttpClient } from '../../tools/http.ts';

/** What a replica needs from its surroundings. */
export interface ReplicaSurroundings {
  /** Environment of the process, without what the template says. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly http: HttpClient;
  /** A socket path that no other process has or had. */
  nextSocket(): string;
  logPath(replica: string): string;
  /** The replica changed its phase, or its process is known now. */
  onChange(): void;
  /** The replica took a connection over and can take another. */
  onFree(): void;
  /** A connection has to go to another replica. */
  onReturned(connection: Socket): void;
}
