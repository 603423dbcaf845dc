/** A member of a classic group, of kafkajs. */
import kafkajs, { type Consumer, type EachBatchPayload } from 'kafkajs'
import { once } from 'node:events'
import { quickConsumer } from '../../clients/kafkajs/member.ts'
import { CommitCalls } from './commit-calls.ts'
import { openKafkajs } from './kafkajs-client.ts'
import { valueIn } from './payload.ts'
import { errorText, type Stage } from './stage.ts'

/** Consumes all topics as a member of its group; commits what it received, or jumps about and commits nothing. */
export async function playKafkajsMember(stage: Stage): Promise<void> {
  const { group = '', commit, seeks = false } = stage.part
  const kafka = await openKafkajs(stage)
  const consumer = kafka.consumer({
    ...quickConsumer,
    groupId: group,
    sessionTimeout: 6000,
    metadataMaxAge: 2000,
    partitionAssigners: [kafkajs.PartitionAssigners.roundRobin],
  })
  const member = new KafkajsMember(stage, consumer, commit === 'automatic')
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => member.assigned(payload.memberAssignment))
  consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => member.committed(payload.topics))
  // kafkajs starts again after most crashes; after the others another process does.
  const crashed = new Promise<void>(resolve => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      stage.noteError(payload.error)
      if (!payload.restart) resolve()
    })
  })
  const automatic = commit === 'automatic' && !seeks
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: stage.topics.map(({ name }) => name), fromBeginning: true })
    await consumer.run({
      autoCommit: automatic,
      ...(automatic ? { autoCommitThreshold: 1 } : {}),
      eachBatchAutoResolve: false,
      eachBatch: payload => member.take(payload),
    })
    if (!stage.finishing) await Promise.race([once(stage.finishSignal, 'abort'), crashed])
  } catch (error) {
    stage.noteError(error)
  }
  await consumer.disconnect()
}

class KafkajsMember {
  readonly #stage: Stage
  readonly #consumer: Consumer
  readonly #automatic: boolean
  readonly #seeks: boolean
  readonly #commits: CommitCalls

  constructor(stage: Stage, consumer: Consumer, automatic: boolean) {
    this.#stage = stage
    this.#consumer = consumer
    this.#automatic = automatic
    this.#seeks = stage.part.seeks ?? false
    this.#commits = new CommitCalls(stage.history, stage.part.group ?? '', { inOrder: true, repeats: false })
  }

  assigned(assignment: Readonly<Record<string, readonly number[]>>): void {
    const partitions = Object.entries(assignment).flatMap(([topic, numbers]) => numbers.map(each => `${topic}-${each}`))
    const { group = '' } = this.#stage.part
    this.#stage.history.note({ do: 'assigned', partitions, isolation: 'read_committed', group })
  }

  committed(topics: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]): void {
    for (const { topic, partitions } of topics) {
      for (const { partition, offset } of partitions) {
        this.#commits.answer(`${topic}-${partition}`, Number(offset), undefined)
      }
    }
  }

  async take({ batch, resolveOffset, isRunning, isStale, commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> {
    if (!isRunning() || isStale()) return
    const { topic, partition, messages } = batch
    const name = `${topic}-${partition}`
    const last = messages.at(-1)
    if (last === undefined) return
    this.#stage.count('read', messages.length)
    this.#stage.history.note({
      do: 'polled',
      records: messages.map(({ offset, value }) => [name, Number(offset), valueIn(value)]),
    })
    const next = Number(last.offset) + 1
    if (this.#seeks) {
      resolveOffset(last.offset)
      if (this.#stage.random.fraction() < 0.1) this.#seek(topic, partition, this.#stage.random.between(0, next))
    } else if (this.#automatic) {
      this.#commits.begin(name, next)
      resolveOffset(last.offset)
      await commitOffsetsIfNecessary()
    } else {
      resolveOffset(last.offset)
      await this.#commit(topic, partition, next)
    }
  }

  #seek(topic: string, partition: number, offset: number): void {
    this.#stage.history.note({ do: 'sought', partition: `${topic}-${partition}`, offset })
    this.#consumer.seek({ topic, partition, offset: String(offset) })
  }

  async #commit(topic: string, partition: number, offset: number): Promise<void> {
    const name = `${topic}-${partition}`
    this.#commits.begin(name, offset)
    try {
      await this.#consumer.commitOffsets([{ topic, partition, offset: String(offset) }])
    } catch (error) {
      this.#commits.answer(name, offset, new Error(errorText(error)))
      throw error
    }
  }
}
