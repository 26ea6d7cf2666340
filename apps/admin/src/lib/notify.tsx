import { notifications } from '@mantine/notifications';
import { asProblem } from './problem-error.ts';

/** Says that something is done; announced politely, gone after five seconds. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'green', withBorder: true });
}

/** Says that a change was not taken, why and what to do. */
export function notifyProblem(what: string, error: unknown): void {
  const { title, fix, request_id: reference } = asProblem(error).body;
  notifications.show({
    title: `${what}: ${title}`,
    message: `${fix}${reference === '' ? '' : ` Reference ${reference}.`}`,
    color: 'red',
    withBorder: true,
    autoClose: 12_000,
  });
}
