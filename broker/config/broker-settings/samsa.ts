import { int } from '../setting.ts'

/** Settings that Kafka doesn't have. */
export const samsaSettings = {
  'samsa.min.segment.bytes': int(1048576, {
    min: 14,
    doc: 'The smallest `segment.bytes` and `log.segment.bytes` allowed; Kafka allows 1 MiB. Small segments make retention and compaction quick to see in tests.',
  }),
}
