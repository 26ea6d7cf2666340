/**
 * Loaded before a child's own code: when the start script is killed the channel to it closes, and the child stops by itself
 * instead of holding its port against the next start.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
