/** The driver for kcat, a command-line client on librdkafka: one process for each call. */
import { execFileSync } from 'node:child_process'
import {
  type ClusterDescription,
  type ConsumedRecord,
  type Driver,
  type JoinOptions,
  type Member,
  type ProducedRecord,
  type ProduceOptions,
  type ReadOptions,
  Unsupported,
} from '../driver.ts'
import { KcatMember } from './member.ts'
import { keyDelimiter, RecordReader, recordDelimiter, recordFormat, runsFor } from './record-text.ts'
import { KcatRunner } from './run-kcat.ts'

/** The parts of `kcat -L -J` that the driver uses. */
interface KcatMetadata {
  readonly controllerid: number
  readonly brokers: readonly { readonly id: number; readonly name: string }[]
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly unknown[] }[]
}

/** Prepares kcat for the broker at `address` (`host:port`); Unsupported where the program isn't installed. */
export async function openKcat(address: string): Promise<Driver> {
  try {
    execFileSync('kcat', ['-V'])
  } catch {
    throw new Unsupported('kcat is not installed')
  }
  return new KcatDriver(new KcatRunner(address))
}

function lacks(call: string): () => Promise<never> {
  return async () => {
    throw new Unsupported(`kcat has no ${call}`)
  }
}

class KcatDriver implements Driver {
  readonly name = 'kcat'
  readonly #runner: KcatRunner
  /** The last call of {@link produce}: the next one's processes start behind it. */
  #producing: Promise<void> = Promise.resolve()

  readonly transactional: Driver['transactional'] = lacks('transactions')
  readonly produceForOffsets: Driver['produceForOffsets'] = lacks('report of the offsets of what it sent')
  readonly committed: Driver['committed'] = lacks('call to fetch committed offsets')
  readonly setOffset: Driver['setOffset'] = lacks('call to set offsets')
  readonly resetOffsets: Driver['resetOffsets'] = lacks('call to reset offsets')
  readonly createTopic: Driver['createTopic'] = lacks('CreateTopics')
  readonly deleteTopic: Driver['deleteTopic'] = lacks('DeleteTopics')
  readonly createPartitions: Driver['createPartitions'] = lacks('CreatePartitions')
  readonly topicConfigs: Driver['topicConfigs'] = lacks('DescribeConfigs')
  readonly brokerConfigs: Driver['brokerConfigs'] = lacks('DescribeConfigs')
  readonly alterTopicConfigs: Driver['alterTopicConfigs'] = lacks('AlterConfigs')
  readonly deleteRecords: Driver['deleteRecords'] = lacks('DeleteRecords')
  readonly listGroups: Driver['listGroups'] = lacks('ListGroups')
  readonly describeGroup: Driver['describeGroup'] = lacks('DescribeGroups')
  readonly deleteGroup: Driver['deleteGroup'] = lacks('DeleteGroups')

  constructor(runner: KcatRunner) {
    this.#runner = runner
  }

  async produce(topic: string, records: readonly ProducedRecord[], options: ProduceOptions = {}): Promise<void> {
    const { codec = 'none', acks = -1, idempotent = false, autoCreate = true } = options
    if (!autoCreate) throw new Unsupported("kcat's producer always lets missing topics be created")
    const settings = {
      'compression.codec': codec,
      'request.required.acks': acks,
      'enable.idempotence': idempotent,
      'linger.ms': 20,
      'batch.num.messages': 10_000,
      'batch.size': 10_000_000,
      'message.max.bytes': 10_000_000,
      'retry.backoff.ms': 50,
    }
    const args = Object.entries(settings).flatMap(([name, value]) => ['-X', `${name}=${value}`])
    const runs = runsFor(records)
    const earlier = this.#producing
    const sending = (async () => {
      await Promise.allSettled([earlier])
      for (const run of runs) {
        const delimiters = ['-D', recordDelimiter, '-K', keyDelimiter]
        await this.#runner.run(['-P', ...args, '-t', topic, ...delimiters, ...run.args], run.input)
      }
    })()
    this.#producing = sending
    await sending
  }

  async read(topic: string, options: ReadOptions): Promise<readonly ConsumedRecord[]> {
    const { partition = 0, offset = 0, count, maxBytesPerPartition } = options
    const where = ['-t', topic, '-p', String(partition), '-o', String(offset), '-c', String(count)]
    const limit = maxBytesPerPartition === undefined ? [] : ['-X', `fetch.message.max.bytes=${maxBytesPerPartition}`]
    const { stdout } = await this.#runner.run(['-C', '-q', ...where, ...limit, '-f', recordFormat])
    return new RecordReader().read(stdout)
  }

  async join(group: string, options: JoinOptions): Promise<Member> {
    return KcatMember.join(this.#runner, group, options)
  }

  async offsets(topic: string, partition: number): Promise<{ earliest: number; latest: number }> {
    const [earliest, latest] = await Promise.all([this.#query(topic, partition, -2), this.#query(topic, partition, -1)])
    return { earliest, latest }
  }

  async offsetForTime(topic: string, partition: number, timestampMs: number): Promise<number> {
    const offset = await this.#query(topic, partition, timestampMs)
    return offset >= 0 ? offset : this.#query(topic, partition, -1)
  }

  async listTopics(): Promise<readonly string[]> {
    return (await this.#metadata()).topics.map(({ topic }) => topic)
  }

  async partitionCount(topic: string): Promise<number> {
    return (await this.#metadata()).topics.find(each => each.topic === topic)?.partitions.length ?? 0
  }

  async describeCluster(): Promise<ClusterDescription> {
    const { brokers, controllerid } = await this.#metadata()
    return {
      brokers: brokers.map(({ id, name }) => {
        const colon = name.lastIndexOf(':')
        return { id, host: name.slice(0, colon), port: Number(name.slice(colon + 1)) }
      }),
      controllerId: controllerid,
      clusterId: undefined,
    }
  }

  close(): Promise<void> {
    return this.#runner.close()
  }

  async #metadata(): Promise<KcatMetadata> {
    const { stdout } = await this.#runner.run(['-L', '-J'])
    return JSON.parse(stdout.toString()) as KcatMetadata
  }

  /** kcat prints "topic [partition] offset N" for a timestamp; −1 asks for the latest offset, −2 for the earliest. */
  async #query(topic: string, partition: number, timestampMs: number): Promise<number> {
    const { stdout } = await this.#runner.run(['-Q', '-t', `${topic}:${partition}:${timestampMs}`])
    const offset = / offset (-?\d+)/.exec(stdout.toString())?.[1]
    if (offset === undefined) throw new Error(`kcat told no offset: ${stdout.toString()}`)
    return Number(offset)
  }
}
