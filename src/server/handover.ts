import { Socket } from 'node:net';
import { EnvironmentError } from '../tools/errors.ts';

/** The process that forked this one and accepts the connections, as `process` gives it. */
export type ParentChannel = Pick<NodeJS.Process, 'connected' | 'send' | 'on' | 'off'>;

/** Connections that the parent process accepts and hands over. */
export interface Handover {
  /** Asks the parent for no more connections; resolves when it has confirmed that. */
  end(): Promise<void>;
  /** Stops listening to the parent. */
  close(): void;
}

/**
 * Takes connections from the parent process, which alone owns the listening socket, so that none is lost in the queue of a listener that
 * goes away. The channel of `child_process.fork` keeps the order of its messages:
 *
 * - the parent sends `{type: 'connection', id}` with a paused net.Socket; this process answers `{type: 'accepted', id}` before it reads;
 * - this process sends `{type: 'draining'}` once; the parent answers `{type: 'no-more-connections'}` after the last connection.
 *
 * `onOrphaned` is called when the channel ends, which means that the parent died. Throws EnvironmentError without a channel.
 */
export function receiveConnections(parent: ParentChannel, accept: (socket: Socket) => void, onOrphaned: () => void): Handover {
  if (!parent.connected) throw new EnvironmentError('PRICECTL_E_NO_PARENT', 'PRICECTL_LISTEN is "parent", but no process forked this one');
  const ended = Promise.withResolvers<void>();
  // Only a parent that is gone doesn't get a message, and that is told by `disconnect`.
  const tell = (message: object) => parent.send?.(message, undefined, {}, () => {});
  const onMessage = (message: unknown, handle: unknown) => {
    if (typeof message !== 'object' || message === null || !('type' in message)) return;
    if (message.type === 'no-more-connections') ended.resolve();
    // A connection that could not be received comes without its handle.
    if (message.type !== 'connection' || !('id' in message) || !(handle instanceof Socket)) return;
    tell({ type: 'accepted', id: message.id });
    // As net.Server makes them for http.Server.
    handle.allowHalfOpen = true;
    handle.setNoDelay(true);
    accept(handle);
  };
  parent.on('message', onMessage);
  parent.on('disconnect', onOrphaned);
  return {
    async end() {
      tell({ type: 'draining' });
      await ended.promise;
    },
    close() {
      parent.off('message', onMessage);
      parent.off('disconnect', onOrphaned);
    },
  };
}
