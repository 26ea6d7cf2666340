/**
 * The queues. A queue repeats crashes only (a worker that died: heartbeat and expiry); what a
 * provider's answer makes wait is a due row. What cannot be done ends in the dead-letter queue, kept
 * and visible.
 */
const work = {
  policy: 'short',
  // A death of the process or the database counts against all that it had in work, so that more than a few of them are
  // needed until a job is taken for what kills it.
  retryLimit: 10,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 30,
  expireInSeconds: 60,
  heartbeatSeconds: 10,
  deleteAfterSeconds: 3600,
  deadLetter: 'dead-letters',
  notify: true,
} as const;

export const DEAD_LETTERS = 'dead-letters';

export const queues = [
  { name: DEAD_LETTERS, policy: 'standard', retryLimit: 0, retentionSeconds: 90 * 86_400, deleteAfterSeconds: 90 * 86_400 },
  { name: 'number-changes', ...work },
  { name: 'list-calendars', ...work, expireInSeconds: 300 },
  { name: 'sync-calendar', ...work, expireInSeconds: 900 },
  { name: 'refresh-grant', ...work },
  { name: 'tend-channels', ...work, expireInSeconds: 120 },
  { name: 'end-connection', ...work, expireInSeconds: 120 },
  { name: 'write-placement', ...work },
  { name: 'send-mail', ...work },
  { name: 'send-reminder', ...work },
  { name: 'clean-up', ...work, expireInSeconds: 300 },
  { name: 'reseal-grants', ...work, expireInSeconds: 300 },
  { name: 'erase-account', ...work },
  { name: 'reseal-kept', ...work, expireInSeconds: 300 },
] as const;

export type QueueName = Exclude<(typeof queues)[number]['name'], typeof DEAD_LETTERS>;
