/**
 * What is written into compacted logs before a cleaner comes, in stages: a real Kafka's compaction of it is recorded (`record-compactions.ts`), and
 * Samsa's compared with that.
 */
import { buildBatch, type NewBatch } from '../../../../protocol/records/build.ts'
import type { Codec } from '../../../../protocol/records/compression.ts'

/** Milliseconds after which tombstones and markers may go. */
export const DELETE_RETENTION_MS = 4000

/** One entry of a log. */
export type Written =
  | { readonly batch: Buffer }
  | { readonly marker: { readonly producerId: number; readonly producerEpoch: number; readonly committed: boolean } }

/** A log's making: after each stage, and the wait, it is compacted as far as it can be. */
export interface CompactionStory {
  readonly name: string
  /** Entries of each stage, with timestamps from `nowMs` on. */
  readonly stages: readonly ((nowMs: number) => readonly Written[])[]
}

/** `a=1` is a record, `a` a tombstone. */
const batch = (nowMs: number, records: string, options: Partial<NewBatch> = {}): Written => ({
  batch: buildBatch({
    records: records.split(' ').map(record => {
      const [key, value] = record.split('=') as [string, string | undefined]
      return { timestamp: nowMs, key: Buffer.from(key), value: value === undefined ? null : Buffer.from(value) }
    }),
    ...options,
  }),
})

const of = (producerId: number, baseSequence: number, transactional = false): Partial<NewBatch> => ({
  ...{ producerId, producerEpoch: 0, baseSequence, transactional },
})

const marker = (producerId: number, committed: boolean): Written => ({
  marker: { producerId, producerEpoch: 0, committed },
})

const inCodec = (compression: Codec): CompactionStory => ({
  name: `batches of ${compression}`,
  stages: [
    now => [
      batch(now, 'a=1 b=1 c=1', { compression }),
      batch(now, 'a=2 d=1', { compression }),
      batch(now, 'b=2 d', { compression }),
      batch(now, 'last=1'),
    ],
  ],
})

/** All of them. */
export const compactionStories: readonly CompactionStory[] = [
  {
    name: 'the last record of each key',
    stages: [
      now => [
        batch(now, 'a=1 b=1 a=2'),
        batch(now, 'c=1 a=3'),
        batch(now, 'b=2'),
        batch(now, 'a=4 e=1'),
        batch(now, 'last=1'),
      ],
      now => [batch(now, 'c=2 f=1'), batch(now, 'e=2'), batch(now, 'last=2')],
    ],
  },
  {
    name: 'tombstones go after their horizon',
    stages: [
      now => [batch(now, 'a=1 b=1 c=1'), batch(now, 'a b=2'), batch(now, 'c'), batch(now, 'last=1')],
      now => [batch(now, 'd=1'), batch(now, 'last=2')],
      now => [batch(now, 'd=2 a=9'), batch(now, 'a'), batch(now, 'last=3')],
      now => [batch(now, 'e=1'), batch(now, 'last=4')],
    ],
  },
  {
    name: 'a tombstone of a key that was never there, at the end',
    stages: [now => [batch(now, 'a'), batch(now, 'last=1')], now => [batch(now, 'b'), batch(now, 'last=2')]],
  },
  {
    name: 'the last batch of each idempotent producer',
    stages: [
      now => [
        batch(now, 'a=1', of(11, 0)),
        batch(now, 'b=1', of(11, 1)),
        batch(now, 'a=2', of(12, 0)),
        batch(now, 'b=2', of(13, 0)),
        batch(now, 'a=3 b=3'),
        batch(now, 'last=1'),
      ],
      now => [batch(now, 'c=1', of(11, 2)), batch(now, 'c=2'), batch(now, 'last=2')],
    ],
  },
  {
    name: 'a committed transaction',
    stages: [
      now => [
        batch(now, 'a=1', of(11, 0, true)),
        batch(now, 'b=1', of(11, 1, true)),
        marker(11, true),
        batch(now, 'last=1'),
      ],
      now => [batch(now, 'a=2 b=2'), batch(now, 'last=2')],
      now => [batch(now, 'c=1'), batch(now, 'last=3')],
      now => [batch(now, 'c=2'), batch(now, 'last=4')],
      now => [batch(now, 'a=9', of(11, 2, true)), marker(11, true), batch(now, 'last=5')],
      now => [batch(now, 'c=3'), batch(now, 'last=6')],
      now => [batch(now, 'c=4'), batch(now, 'last=7')],
    ],
  },
  {
    name: 'an aborted transaction between others',
    stages: [
      now => [
        batch(now, 'a=1'),
        batch(now, 'a=2 b=2', of(11, 0, true)),
        batch(now, 'c=1', of(12, 0, true)),
        batch(now, 'a=3', of(11, 2, true)),
        marker(11, false),
        batch(now, 'b=4'),
        marker(12, true),
        batch(now, 'last=1'),
      ],
      now => [batch(now, 'd=1'), batch(now, 'last=2')],
      now => [batch(now, 'd=2'), batch(now, 'last=3')],
      now => [batch(now, 'a=5', of(11, 3, true)), marker(11, true), batch(now, 'last=4')],
      now => [batch(now, 'd=3'), batch(now, 'last=5')],
    ],
  },
  {
    name: 'transactions that abort again and again',
    stages: [
      now => [
        ...[0, 1, 2].flatMap(round => [batch(now, `a=${round}`, of(11, round, true)), marker(11, false)]),
        batch(now, 'last=1'),
      ],
      now => [batch(now, 'a=9', of(11, 3, true)), marker(11, true), batch(now, 'last=2')],
      now => [batch(now, 'b=1'), batch(now, 'last=3')],
      now => [batch(now, 'b=2'), batch(now, 'last=4')],
    ],
  },
  {
    name: 'a transaction that is open',
    stages: [
      now => [batch(now, 'a=1'), batch(now, 'a=2', of(11, 0, true)), batch(now, 'a=3'), batch(now, 'last=1')],
      now => [marker(11, true), batch(now, 'last=2')],
    ],
  },
  inCodec('gzip'),
  inCodec('snappy'),
  inCodec('lz4'),
  inCodec('zstd'),
]
