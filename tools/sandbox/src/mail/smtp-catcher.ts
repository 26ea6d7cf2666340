import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SMTPServerSession } from 'smtp-server';
import { SMTPServer } from 'smtp-server';
import type { FaultRules } from '../fault-rules.ts';
import type { Journal } from '../journal.ts';
import type { Mailbox } from './mailbox.ts';

export interface SmtpCatcher {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Accepts every mail on loopback and keeps it. Fault rules for `smtp.message` reject it, or accept it
 * and drop the connection before the reply (`reset`, `when: after`).
 */
export async function startSmtpCatcher(options: {
  readonly port: number;
  readonly mailbox: Mailbox;
  readonly faults: FaultRules;
  readonly journal: Journal;
  readonly now: () => number;
}): Promise<SmtpCatcher> {
  const { mailbox, faults, journal } = options;
  let lastCall = 0;

  const receive = async (raw: Buffer, session: SMTPServerSession): Promise<Error | null | 'drop' | 'silence'> => {
    const at = new Date(options.now()).toISOString();
    const envelope = {
      from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
      to: session.envelope.rcptTo.map(({ address }) => address),
    };
    const key = { from: envelope.from, to: envelope.to.join(',') };
    const hit = faults.hit({ operation: 'smtp.message', key });
    lastCall += 1;
    const record = (status: number | null, applied: boolean): void =>
      journal.record({
        at,
        operation: 'smtp.message',
        account: null,
        status,
        applied,
        requestId: `smtp-${lastCall}`,
        rule: hit?.ruleId,
        key,
      });
    const answer = hit?.answer ?? null;
    if (answer?.kind === 'slow') await delay(answer.delayMs);
    const isLost = answer !== null && answer.kind !== 'slow';
    if (!isLost || hit?.when === 'after') await mailbox.add({ raw, envelope, receivedAt: at, wasAcknowledged: !isLost });
    record(answer?.kind === 'status' ? answer.status : isLost ? null : 250, !isLost || hit?.when === 'after');
    if (answer?.kind === 'status')
      return Object.assign(new Error(answer.message ?? 'Rejected by the sandbox'), { responseCode: answer.status });
    if (answer?.kind === 'reset') return 'drop';
    return answer?.kind === 'timeout' ? 'silence' : null;
  };

  const sockets = new Map<number, Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    hideSize: false,
    size: 30 * 1024 * 1024,
    logger: false,
    closeTimeout: 100,
    onAuth: (_auth, _session, callback) => callback(null, { user: 'sandbox' }),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        void receive(Buffer.concat(chunks), session).then(
          (outcome) => {
            if (outcome === 'silence') return;
            if (outcome === 'drop') sockets.get(session.remotePort)?.resetAndDestroy();
            else callback(outcome);
          },
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
        );
      });
    },
  });
  server.on('error', () => {});
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.once('close', () => sockets.delete(port));
  });
  server.listen(options.port, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.values()) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
