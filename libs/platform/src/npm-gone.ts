/** Between two looks at who began this process. */
const lookMs = 500;

/**
 * npm passes SIGTERM on to the shell that runs its script, which ends of it and tells nobody: what it ran would go on alone, with its ports and its data folder. So whoever
 * was begun by npm takes the loss of its parent for that signal.
 */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, lookMs).unref();
}
