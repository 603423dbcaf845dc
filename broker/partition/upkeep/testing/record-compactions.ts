/**
 * Records how a real Kafka compacts (`facts/compactions.jsonl`). Run from the repository's root after a build, with a Kafka on this machine that has
 * `log.cleaner.backoff.ms=1500`, `log.initial.task.delay.ms=0` and `transaction.partition.verification.enable=false`:
 *
 *     node dist/broker/partition/upkeep/testing/record-compactions.js localhost:9092 DIRECTORY_OF_ITS_LOGS
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateTopics } from '../../../../protocol/messages/create-topics.ts'
import { Produce } from '../../../../protocol/messages/produce.ts'
import { WriteTxnMarkers } from '../../../../protocol/messages/write-txn-markers.ts'
import * as batch from '../../../../protocol/records/batch.ts'
import { ready } from '../../../../protocol/records/compression.ts'
import { RawClient } from '../../../testing/raw-client.ts'
import { type CompactionStory, compactionStories, DELETE_RETENTION_MS, type Written } from './compaction-stories.ts'
import type { RecordedStage } from './recorded-compactions.ts'

const POLL_MS = 50
/** After this a tombstone that was compacted may go. */
const HORIZON_MS = DELETE_RETENTION_MS + 500

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

class Recorder {
  readonly #client: RawClient
  readonly #logs: string

  constructor(client: RawClient, logs: string) {
    this.#client = client
    this.#logs = logs
  }

  /** The stages, or null if the cleaner came too early for one of them. */
  async story({ stages }: CompactionStory, topic: string): Promise<RecordedStage[] | null> {
    const configs = Object.entries({
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': '0',
      'delete.retention.ms': String(DELETE_RETENTION_MS),
      // Each batch has a segment of its own: the last one alone isn't compacted.
      'segment.ms': '1',
      'file.delete.delay.ms': '0',
    }).map(([name, value]) => ({ name, value }))
    const topics = [{ name: topic, numPartitions: 1, replicationFactor: 1, assignments: [], configs }]
    await this.#client.request(CreateTopics, 5, { topics, timeoutMs: 5000 })
    await pause(500)
    const recorded: RecordedStage[] = []
    let end = 0
    for (const stage of stages) {
      const cleanedBefore = this.#cleanedTo(topic)
      for (const written of stage(Date.now())) {
        await this.#write(topic, written)
        // Kafka rolls by the time of a batch, in whole ms.
        await pause(5)
      }
      const log = this.#log(topic)
      if (this.#cleanedTo(topic) !== cleanedBefore) return null
      const appended = log.filter(bytes => batch.baseOffset(bytes, 0) >= end)
      const last = log.at(-1)!
      end = batch.nextOffset(last, 0)
      const cleanedTo = await this.#cleaned(topic, cleanedBefore)
      recorded.push({
        appended: appended.map(bytes => bytes.toString('base64')),
        cleanedTo,
        cleanedMs: Date.now(),
        left: this.#log(topic).map(bytes => bytes.toString('base64')),
      })
      await pause(HORIZON_MS)
    }
    return recorded
  }

  async #write(topic: string, written: Written): Promise<void> {
    if ('batch' in written) {
      const bytes = Buffer.from(written.batch)
      const transactionalId = batch.isTransactional(bytes, 0) ? 'story' : null
      const topicData = [{ name: topic, partitionData: [{ index: 0, records: [bytes] }] }]
      const answer = await this.#client.request(Produce, 9, { transactionalId, acks: -1, timeoutMs: 5000, topicData })
      const outcome = answer.responses[0]!.partitionResponses[0]!
      if (outcome.errorCode !== 0) throw new Error(`Produce: ${outcome.errorCode} ${outcome.errorMessage}`)
      return
    }
    const { producerId, producerEpoch, committed } = written.marker
    const marker = { producerId, producerEpoch, transactionResult: committed, coordinatorEpoch: 0 }
    const markers = [{ ...marker, topics: [{ name: topic, partitionIndexes: [0] }] }]
    const answer = await this.#client.request(WriteTxnMarkers, 1, { markers })
    const code = answer.markers[0]!.topics[0]!.partitions[0]!.errorCode
    if (code !== 0) throw new Error(`WriteTxnMarkers: ${code}`)
  }

  /** Where the cleaner is when it has moved and rests again. */
  async #cleaned(topic: string, before: number): Promise<number> {
    for (let tries = 0; this.#cleanedTo(topic) === before && tries * POLL_MS < 10_000; tries++) await pause(POLL_MS)
    for (let seen = -2; seen !== this.#cleanedTo(topic); ) {
      seen = this.#cleanedTo(topic)
      await pause(300)
    }
    return this.#cleanedTo(topic)
  }

  #cleanedTo(topic: string): number {
    const path = join(this.#logs, 'cleaner-offset-checkpoint')
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
    const line = lines.find(each => each.startsWith(`${topic} 0 `))
    return line === undefined ? -1 : Number(line.split(' ')[2])
  }

  #log(topic: string): Buffer[] {
    const directory = join(this.#logs, `${topic}-0`)
    const segments = readdirSync(directory).filter(name => name.endsWith('.log'))
    return segments.sort().flatMap(name => {
      const bytes = readFileSync(join(directory, name))
      return Array.from(batch.batches(bytes), at => bytes.subarray(at, at + batch.sizeInBytes(bytes, at)))
    })
  }
}

const [address = '', logs = ''] = process.argv.slice(2)
await ready('zstd')
const client = await RawClient.connect(address)
const recorder = new Recorder(client, logs)
const lines: string[] = []
for (const [index, story] of compactionStories.entries()) {
  let stages: RecordedStage[] | null = null
  for (let attempt = 0; stages === null; attempt++) stages = await recorder.story(story, `story-${index}-${attempt}`)
  lines.push(JSON.stringify({ name: story.name, stages }))
  console.log(story.name)
}
writeFileSync('broker/partition/upkeep/facts/compactions.jsonl', `${lines.join('\n')}\n`)
await client.close()
