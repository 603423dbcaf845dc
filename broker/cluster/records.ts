/**
 * What `state/cluster` holds: durable facts of the cluster's metadata, in schemas of our own after KRaft's. The key of a
 * stored record is its type as an int16. Every fact says what is, not what changed, so a fact may be applied twice.
 */
import { decodeMessage, encodeMessage } from '../../protocol/schema/codec.ts'
import {
  array,
  int16,
  int32,
  int64,
  int8,
  type Message,
  message,
  type ReadOf,
  string,
  uuid,
} from '../../protocol/schema/notation.ts'
import type { RecordCodec } from '../coordinator/record-codec.ts'

const flexible = { versions: '0', flexible: '0+' } as const

/** The cluster's id; written once. */
const ClusterRecord = message({ name: 'ClusterRecord', ...flexible, fields: { clusterId: string() } })

/** A topic exists. Its partitions follow. */
const TopicRecord = message({ name: 'TopicRecord', ...flexible, fields: { topicId: uuid(), name: string() } })

/** Partitions are now so. */
const PartitionsRecord = message({
  name: 'PartitionsRecord',
  ...flexible,
  fields: {
    topicId: uuid(),
    partitions: array('0+', {
      partitionIndex: int32(),
      leader: int32(),
      leaderEpoch: int32(),
      replicas: array('0+', int32()),
      isr: array('0+', int32()),
    }),
  },
})

/** A topic, its partitions and its settings are gone. */
const RemoveTopicRecord = message({ name: 'RemoveTopicRecord', ...flexible, fields: { topicId: uuid() } })

/** A dynamic setting has a value; null: it has none. */
const ConfigRecord = message({
  name: 'ConfigRecord',
  ...flexible,
  fields: {
    resourceType: int8(),
    resourceName: string(),
    name: string(),
    value: string('0+', { nullable: '0+' }),
  },
})

/** Producer ids below are given out. */
const ProducerIdsRecord = message({ name: 'ProducerIdsRecord', ...flexible, fields: { next: int64() } })

/** The levels of features, where they were ever said; the epoch rises with every change (KIP-584). */
const FeaturesRecord = message({
  name: 'FeaturesRecord',
  ...flexible,
  fields: { epoch: int64(), levels: array('0+', { name: string(), level: int16() }) },
})

/** Type numbers; never reused. */
const types = {
  cluster: [1, ClusterRecord],
  topic: [2, TopicRecord],
  partitions: [3, PartitionsRecord],
  removeTopic: [4, RemoveTopicRecord],
  config: [5, ConfigRecord],
  producerIds: [6, ProducerIdsRecord],
  features: [7, FeaturesRecord],
} as const satisfies Record<string, readonly [number, Message]>

type Types = typeof types

/** One fact, with its kind. */
export type MetadataRecord = {
  [K in keyof Types]: { readonly type: K } & Readonly<ReadOf<Types[K][1]>>
}[keyof Types]

const kinds = new Map<number, { kind: string; declaration: Message }>(
  Object.entries(types).map(([kind, [number, declaration]]) => [number, { kind, declaration }]),
)

/** How facts are stored. A type that this version doesn't know is skipped. */
export const metadataCodec: RecordCodec<MetadataRecord> = {
  encode(record) {
    const [number, declaration] = types[record.type]
    const key = Buffer.alloc(2)
    key.writeInt16BE(number)
    return { key, value: Buffer.from(encodeMessage(declaration as Message, 0, record)) }
  },
  decode(key, value) {
    const known = kinds.get(key.readInt16BE(0))
    if (known === undefined || value === null) return null
    return { type: known.kind, ...decodeMessage(known.declaration, 0, value) } as MetadataRecord
  },
}
