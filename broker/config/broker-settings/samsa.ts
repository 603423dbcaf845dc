import { int, long, string } from '../setting.ts'

/** Settings that Kafka doesn't have. */
export const samsaSettings = {
  'samsa.engine': string('file', {
    oneOf: ['file', 'memory'],
    doc: 'Where records are kept: `file` in `log.dirs`, `memory` nowhere but in the process.',
  }),
  'samsa.durability': string('os', {
    oneOf: ['os', 'fsync'],
    doc: 'When the file engine counts something as done: `os` once the operating system has it, as Kafka does, `fsync` once it survives a loss of power (docs/durability.md).',
  }),
  'samsa.memory.max.bytes': long(null, {
    min: 1048576,
    doc: 'Bytes of records that the memory engine holds before it refuses more; unset, half of the memory there is.',
  }),
  'samsa.min.segment.bytes': int(1048576, {
    min: 14,
    doc: 'The smallest `segment.bytes` and `log.segment.bytes` allowed; Kafka allows 1 MiB. Small segments make retention and compaction quick to see in tests.',
  }),
  'samsa.queued.max.response.bytes': long(67108864, {
    min: 1048576,
    doc: 'Bytes of answers that clients have not taken yet, of all connections; when they are short, Fetch answers with one batch.',
  }),
}
