/** Absolute, so that no PATH decides what guards a process. */
export const guardShell = '/bin/sh';

/**
 * A shell script that runs the program of its arguments and ends it when stdin ends, which the kernel sees to when whoever held the other end
 * dies, of SIGKILL too. Runs as the leader of a process group of its own, and signals that group: pids of others can't be met by mistake.
 *
 * - It stays until the program has ended, also when it is asked to end, so that its own end means the program's; its exit code is the program's.
 * - The watcher ignores SIGTERM: a program that ignores it too is killed two seconds later, even when nobody else is left to do so.
 * - It drops its own stdout and stderr: shells report children that a signal ended, and would die of a pipe that nobody reads any more.
 * - What the program leaves in the group ends with it.
 */
export const guardScript = `
exec 3<&0 </dev/null
asked=
trap 'asked=1' TERM
"$@" 3<&- &
child=$!
(
  trap '' TERM
  read -r _ <&3
  kill -TERM 0
  (trap - TERM; PATH=/bin:/usr/bin exec sleep 2)
  kill -KILL 0
) >/dev/null 2>&1 &
watcher=$!
exec 3<&- >/dev/null 2>&1
while :; do
  wait "$child"
  code=$?
  [ -n "$asked" ] || break
  asked=
done
trap '' TERM
kill -KILL "$watcher" 2>/dev/null
kill -TERM 0
exit "$code"
`;
