/**
 * node-rdkafka as clients spoke to Kafka 0.9: without asking for versions, with the oldest version of each API and message sets
 * of magic 0. It stands for all clients that were built before Kafka 0.11; Kafka itself served them up to 3.9.
 */
import {
  type ConsumedRecord,
  type Driver,
  type JoinOptions,
  type ProducedRecord,
  type ProduceOptions,
  type ReadOptions,
  Unsupported,
} from '../driver.ts'
import { RdkafkaDriver } from './driver.ts'
import type { RdkafkaMember } from './member.ts'

/** Prepares the old client for the broker at `address` (`host:port`). */
export async function openRdkafkaOfKafka09(address: string): Promise<Driver> {
  return new RdkafkaDriverOfKafka09(address)
}

function hadNo(what: string): Unsupported {
  return new Unsupported(`Kafka 0.9 had no ${what}`)
}

class RdkafkaDriverOfKafka09 extends RdkafkaDriver {
  constructor(address: string) {
    super('node-rdkafka-0.9', {
      'bootstrap.servers': address,
      'client.id': 'compat-node-rdkafka-0.9',
      'api.version.request': false,
      'broker.version.fallback': '0.9.0',
    })
  }

  override async produceForOffsets(
    topic: string,
    records: readonly ProducedRecord[],
    options: ProduceOptions = {},
  ): Promise<ReadonlyMap<number, number>> {
    if (options.idempotent) throw hadNo('idempotent producers')
    if (records.some(({ headers }) => headers?.length)) throw hadNo('headers')
    if (records.some(({ timestampMs }) => timestampMs !== undefined)) throw hadNo('timestamps')
    return super.produceForOffsets(topic, records, options)
  }

  override async transactional(): Promise<never> {
    throw hadNo('transactions')
  }

  override async read(topic: string, options: ReadOptions): Promise<readonly ConsumedRecord[]> {
    if (options.maxBytesPerPartition !== undefined) throw hadNo('batches above the fetch limit')
    if (options.uncommitted) throw hadNo('transactions')
    return super.read(topic, options)
  }

  override async join(group: string, options: JoinOptions): Promise<RdkafkaMember> {
    if (options.instanceId !== undefined) throw hadNo('static members')
    return super.join(group, options)
  }

  override async offsetForTime(): Promise<number> {
    throw hadNo('timestamps')
  }

  override async createTopic(): Promise<void> {
    throw hadNo('CreateTopics')
  }

  override async deleteTopic(): Promise<void> {
    throw hadNo('DeleteTopics')
  }

  override async createPartitions(): Promise<void> {
    throw hadNo('CreatePartitions')
  }
}
