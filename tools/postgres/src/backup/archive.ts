import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/**
 * One gzip'd stream of frames: a letter, a length (32 bits, big-endian) and that many bytes. `J` is a JSON record (header, table,
 * end), `D` a piece of the table announced before it, as `COPY … TO` writes text. Framed and not a tar because a tar wants each
 * length beforehand, and no table is held in memory. The last record counts what went before: a cut file is recognised.
 */
const JSON_FRAME = 'J'.charCodeAt(0);
const DATA_FRAME = 'D'.charCodeAt(0);
const HEAD_BYTES = 5;
const LARGEST_FRAME = 64 * 1024 * 1024;

export interface ArchiveWriter {
  record(value: unknown): Promise<void>;
  data(source: Readable): Promise<void>;
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

/** Writes beside the file and moves it there when it is whole, mode 0600. */
export function writeArchive(file: string): ArchiveWriter {
  const temporary = `${file}.${process.pid}.part`;
  const gzip = createGzip({ level: 4 });
  const written = pipeline(gzip, createWriteStream(temporary, { mode: 0o600, flags: 'w', flush: true }));
  written.catch(() => undefined);
  return {
    record: (value) => push(gzip, { kind: JSON_FRAME, bytes: Buffer.from(JSON.stringify(value)) }),
    async data(source) {
      for await (const chunk of source) await push(gzip, { kind: DATA_FRAME, bytes: chunk as Buffer });
    },
    async finish() {
      gzip.end();
      await written;
      await rename(temporary, file);
    },
    async abandon() {
      gzip.destroy();
      await written.catch(() => undefined);
      await rm(temporary, { force: true });
    },
  };
}

async function push(gzip: Transform, { kind, bytes }: { kind: number; bytes: Buffer }): Promise<void> {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(bytes.length, 1);
  gzip.write(head);
  if (gzip.write(bytes)) return;
  if (gzip.destroyed) throw gzip.errored ?? new Error('The backup file cannot be written.');
  await new Promise<void>((resolve, reject) => {
    const settle = () => {
      gzip.off('drain', settle).off('close', settle);
      if (gzip.destroyed) reject(gzip.errored ?? new Error('The backup file cannot be written.'));
      else resolve();
    };
    gzip.once('drain', settle).once('close', settle);
  });
}

export type Frame = { readonly kind: 'record'; readonly value: unknown } | { readonly kind: 'data'; readonly bytes: Buffer };

/** It is something else, was cut, or is damaged. */
export class BrokenBackup extends Error {
  override readonly name = 'BrokenBackup';
}

/** Reads frame by frame. @throws BrokenBackup when the file is no archive or was cut */
export async function* readArchive(file: string): AsyncGenerator<Frame> {
  await (await open(file, 'r')).close();
  try {
    yield* readFrames(file);
  } catch (cause) {
    // Codes of zlib: no gzip at all, damaged, or cut. Or a record that is no JSON.
    if (!(cause as NodeJS.ErrnoException).code?.startsWith('Z_') && !(cause instanceof SyntaxError)) throw cause;
    throw new BrokenBackup(`${file} is not a whole back-up of Daymark`, { cause });
  }
}

async function* readFrames(file: string): AsyncGenerator<Frame> {
  const unzipped = createReadStream(file)
    .on('error', (cause) => unzipped.destroy(cause))
    .pipe(createGunzip({ chunkSize: 256 * 1024 }));
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of unzipped) {
    pending = pending.length === 0 ? (chunk as Buffer) : Buffer.concat([pending, chunk as Buffer]);
    for (;;) {
      const frame = takeFrame(pending, file);
      if (!frame) break;
      pending = pending.subarray(HEAD_BYTES + frame.length);
      yield frame.frame;
    }
  }
  if (pending.length > 0) throw new BrokenBackup(`${file} is not a whole back-up of Daymark: it was cut`);
}

function takeFrame(pending: Buffer, file: string): { frame: Frame; length: number } | null {
  if (pending.length < HEAD_BYTES) return null;
  const kind = pending.readUInt8(0);
  const length = pending.readUInt32BE(1);
  if ((kind !== JSON_FRAME && kind !== DATA_FRAME) || length > LARGEST_FRAME) throw new BrokenBackup(`${file} is not a back-up of Daymark`);
  if (pending.length < HEAD_BYTES + length) return null;
  const bytes = pending.subarray(HEAD_BYTES, HEAD_BYTES + length);
  return { length, frame: kind === JSON_FRAME ? { kind: 'record', value: JSON.parse(bytes.toString()) } : { kind: 'data', bytes } };
}

/** A stream of the data frames up to the next record, which `next` then holds. */
export function createTableReader(frames: AsyncGenerator<Frame>): { next(): Promise<unknown>; data(): Readable } {
  let waiting: { value: unknown } | null = null;
  return {
    async next() {
      if (waiting) {
        const { value } = waiting;
        waiting = null;
        return value;
      }
      const { value: frame, done } = await frames.next();
      if (done === true) return null;
      if (frame.kind !== 'record') throw new BrokenBackup('This is not a back-up of Daymark.');
      return frame.value;
    },
    data() {
      return Readable.from(
        (async function* () {
          for (;;) {
            const { value: frame, done } = await frames.next();
            if (done === true) return;
            if (frame.kind === 'record') {
              waiting = { value: frame.value };
              return;
            }
            yield frame.bytes;
          }
        })(),
        { objectMode: false },
      );
    },
  };
}
