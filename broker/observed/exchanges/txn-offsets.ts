import {
  DeleteGroups,
  DeleteTopics,
  ListGroups,
  OffsetCommit,
  OffsetDelete,
  OffsetFetch,
  TxnOffsetCommit,
  WriteTxnMarkers,
} from '../../../protocol/messages/index.ts'
import { partitionOfGroup } from '../../groups/offsets-topic.ts'
import type { ResponseRead } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import type { MadeTopic, Talk } from '../talk.ts'
import { only, stable } from './group-members.ts'
import { begin, settled, type TxnProducer } from './txn-producer.ts'

/** What a TxnOffsetCommit says that isn't the producer's own. */
interface Committing {
  readonly version?: number
  readonly epoch?: number
  readonly producerId?: number
  readonly generation?: number
  readonly memberId?: string
  readonly instance?: string
  readonly partitions?: readonly number[]
  readonly topic?: string
  readonly metadata?: string | null
  readonly transactionalId?: string
}

/** A group whose offsets a producer commits. */
class TxnGroup {
  readonly id: string
  readonly #talk: Talk
  readonly #topic: MadeTopic
  readonly #producer: TxnProducer

  constructor(talk: Talk, topic: MadeTopic, producer: TxnProducer, id = talk.fresh('g')) {
    this.#talk = talk
    this.#topic = topic
    this.#producer = producer
    this.id = id
  }

  async commit(label: string, offset: number, of: Committing = {}): Promise<void> {
    const version = of.version ?? 4
    const member = {
      generationIdOrMemberEpoch: of.generation ?? -1,
      memberId: of.memberId ?? '',
      groupInstanceId: of.instance ?? null,
    }
    await this.#talk.ask(
      label,
      TxnOffsetCommit,
      version,
      {
        transactionalId: of.transactionalId ?? this.#producer.transactionalId,
        groupId: this.id,
        producerId: of.producerId ?? this.#producer.id,
        producerEpoch: of.epoch ?? this.#producer.epoch,
        ...(version < 3 ? {} : member),
        topics: [
          {
            name: of.topic ?? this.#topic.name,
            partitions: (of.partitions ?? [0]).map(partitionIndex => ({
              partitionIndex,
              committedOffset: offset,
              committedMetadata: of.metadata === undefined ? '' : of.metadata,
            })),
          },
        ],
      },
      {
        until: ({ topics }) => topics.every(topic => topic.partitions.every(settled)),
      },
    )
  }

  async fetch(label: string, requireStable = false, partitionIndexes: readonly number[] | null = [0, 1]) {
    const topics = partitionIndexes === null ? null : [{ name: this.#topic.name, partitionIndexes }]
    await this.#talk.ask(label, OffsetFetch, 9, { groups: [{ groupId: this.id, topics }], requireStable })
  }

  /** Until no offset is pending any more: the coordinator writes its marker after its answer. */
  async ended(label: string): Promise<void> {
    await this.#talk.ask(
      `after ${label}`,
      OffsetFetch,
      9,
      {
        groups: [{ groupId: this.id, topics: [{ name: this.#topic.name, partitionIndexes: [0, 1] }] }],
        requireStable: true,
      },
      {
        until: ({ groups }) =>
          groups.every(group =>
            group.topics.every(topic => topic.partitions.every(({ errorCode }) => errorCode === 0)),
          ),
      },
    )
  }

  async commitPlainly(label: string, committedOffset: number, partitionIndex = 0): Promise<void> {
    await this.#talk.ask(label, OffsetCommit, 9, {
      groupId: this.id,
      topics: [{ name: this.#topic.name, partitions: [{ partitionIndex, committedOffset, committedMetadata: '' }] }],
    })
  }
}

const committing: Exchange = {
  id: 'txn-offset-commit',
  async play(talk) {
    const topic = await talk.topic('t', 2)
    const producer = await begin(talk, topic)
    const group = new TxnGroup(talk, topic, producer)
    for (const version of [0, 3, 4]) await group.commit('not added', 5, { version })
    await producer.addOffsets('the group', group.id)
    for (const version of talk.versions(TxnOffsetCommit, 0, 4)) await group.commit('added', 5 + version, { version })
    await group.fetch('while it is open')
    await group.fetch('while it is open, stable', true)
    await group.fetch('all while it is open', false, null)
    await group.fetch('all while it is open, stable', true, null)
    await producer.end('commit', true)
    await group.ended('the commit')
    await group.commit('after the end', 20)
    await producer.addOffsets('the group again', group.id)
    await group.commit('another', 30, { partitions: [0, 1, 7] })
    await group.fetch('all while another is open, stable', true, null)
    await producer.end('abort', false)
    await group.ended('the abort')
  },
}

const implicit: Exchange = {
  id: 'txn-offset-commit-v2',
  async play(talk) {
    const topic = await talk.topic('t', 2)
    const producer = await begin(talk, topic)
    const group = new TxnGroup(talk, topic, producer)
    await group.commit('first', 5, { version: 5 })
    await group.commit('by an older version', 6, { version: 4 })
    await group.commit('an older epoch', 7, { version: 5, epoch: producer.epoch - 1 })
    await group.commit('a newer epoch', 7, { version: 5, epoch: producer.epoch + 1 })
    await group.commit('of nobody', 7, { version: 5, producerId: 987_654_321 })
    await group.commit('of an unknown id', 7, { version: 5, transactionalId: talk.fresh('unknown') })
    await producer.end('commit', true, 5)
    await group.ended('the commit')
    await group.commit('of the epoch before', 8, { version: 5, epoch: producer.epoch - 1 })
    await group.commit('next', 9, { version: 5 })
    await group.commit('next, with partition 1', 10, { version: 5, partitions: [0, 1] })
    await producer.end('abort', false, 5)
    await group.ended('the abort')
  },
}

const refused: Exchange = {
  id: 'txn-offset-commit-refused',
  async play(talk) {
    const topic = await talk.topic('t', 2)
    const producer = await begin(talk, topic)
    const group = new TxnGroup(talk, topic, producer)
    await group.commit('a generation of a group that there is not', 5, { version: 5, generation: 3, memberId: 'm' })
    await group.commit('a member of a group that there is not', 5, { version: 5, memberId: 'm' })
    await group.commit('unknown partitions', 5, { version: 5, partitions: [0, 7] })
    await group.commit('an unknown topic', 5, { version: 5, topic: talk.fresh('missing') })
    await group.commit('null for metadata', 5, { version: 5, metadata: null })
    await group.commit('much metadata', 5, { version: 5, metadata: 'm'.repeat(5000) })
    const nameless = new TxnGroup(talk, topic, producer, '')
    await nameless.commit('no group', 5, { version: 5 })
    await talk.ask('no topics', TxnOffsetCommit, 5, {
      ...{ transactionalId: producer.transactionalId, groupId: group.id },
      ...{ producerId: producer.id, producerEpoch: producer.epoch, topics: [] },
    })
    const members = new TxnGroup(talk, topic, producer)
    const { memberId, generationId } = await stable(talk, members.id)
    const own = { version: 5, memberId, generation: generationId }
    await members.commit('of a member', 5, own)
    await members.commit('of nobody in it', 6, { version: 5 })
    await members.commit('of an older generation', 6, { ...own, generation: generationId - 1 })
    await members.commit('of another member', 6, { ...own, memberId: 'm' })
    await members.commit('of another member without generation', 6, { version: 5, memberId: 'm' })
    await members.commit('of an unknown instance', 6, { ...own, instance: 'i' })
    await members.fetch('of members, stable', true)
    await producer.end('commit', true, 5)
    await members.ended('the commit')
  },
}

/** Plain and transactional commits to one group, and what takes pending ones away. */
const mixed: Exchange = {
  id: 'txn-offsets-and-others',
  async play(talk) {
    const topic = await talk.topic('t', 2)
    const other = await talk.topic('u', 2)
    const producer = await begin(talk, topic)
    const group = new TxnGroup(talk, topic, producer)
    await group.commit('then a plain one', 5, { version: 5 })
    await group.commitPlainly('while one is pending', 7)
    await group.fetch('both')
    await group.fetch('both, stable', true)
    await producer.end('commit', true, 5)
    await group.ended('both')
    await group.commitPlainly('before one is pending', 8)
    await group.commit('after a plain one', 9, { version: 5 })
    await producer.end('commit that', true, 5)
    await group.ended('the second')

    const deleted = new TxnGroup(talk, topic, producer)
    await deleted.commit('of a group to be deleted', 5, { version: 5 })
    await talk.ask('a group that is only pending', ListGroups, 5, {}, { pick: only(deleted.id) })
    await talk.ask('while one is pending', DeleteGroups, 2, { groupsNames: [deleted.id] })
    await deleted.fetch('of the deleted group, stable', true)
    await producer.end('commit what was deleted', true, 5)
    await deleted.ended('the deletion')

    const forgotten = new TxnGroup(talk, topic, producer)
    await forgotten.commit('of offsets to be deleted', 5, { version: 5, partitions: [0, 1] })
    await talk.ask('while two are pending', OffsetDelete, 0, {
      groupId: forgotten.id,
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0 }] }],
    })
    await forgotten.fetch('of the deleted offset, stable', true)
    await producer.end('commit what was forgotten', true, 5)
    await forgotten.ended('the forgotten')

    const topicless = new TxnGroup(talk, other, producer)
    await topicless.commit('of a topic to be deleted', 5, { version: 5 })
    await talk.ask('while one is pending', DeleteTopics, 5, { topicNames: [other.name], timeoutMs: 10_000 })
    await topicless.fetch('of the deleted topic, stable', true, null)
    await producer.end('commit what is no more', true, 5)
    await topicless.ended('the topic')
  },
}

/** Two producers have pending offsets of one partition. */
const rivals: Exchange = {
  id: 'txn-offsets-of-two',
  async play(talk) {
    const topic = await talk.topic('t', 2)
    const [one, two] = [await begin(talk, topic), await begin(talk, topic)]
    const ofOne = new TxnGroup(talk, topic, one)
    const ofTwo = new TxnGroup(talk, topic, two, ofOne.id)
    await ofOne.commit('of one', 5, { version: 5 })
    await ofTwo.commit('of two', 6, { version: 5 })
    await one.end('abort one', false, 5)
    await ofOne.fetch('one has ended, stable', true, [1])
    await two.end('commit two', true, 5)
    await ofTwo.ended('two')
    await ofOne.commit('of one again', 7, { version: 5 })
    await ofTwo.commit('of two again', 8, { version: 5 })
    await two.end('commit two again', true, 5)
    await one.end('commit one', true, 5)
    await ofTwo.ended('both')
  },
}

/** Markers for the offsets topic, past the coordinator. */
const markers: Exchange = {
  id: 'txn-markers-of-offsets',
  async play(talk) {
    const topic = await talk.topic('t', 2)
    const producer = await begin(talk, topic)
    const group = new TxnGroup(talk, topic, producer)
    await group.commit('first', 5, { version: 5 })
    const own = partitionOfGroup(group.id, 50)
    const topics = [{ name: '__consumer_offsets', partitionIndexes: [own, 99] }]
    const mark = (label: string, producerEpoch: number, transactionVersion: number, coordinatorEpoch = 0) => {
      const { id: producerId } = producer
      const version = { transactionVersion, coordinatorEpoch }
      const markers = [{ producerId, producerEpoch, transactionResult: true, topics, ...version }]
      return talk.ask(label, WriteTxnMarkers, 2, { markers }, { pick: answer => withPartition(answer, own, 0) })
    }
    await mark('of an older coordinator', producer.epoch + 1, 2, -1)
    await mark('of the same epoch', producer.epoch, 2)
    await group.fetch('what was refused, stable', true)
    await mark('of the next epoch', producer.epoch + 1, 2)
    await group.fetch('the next epoch, stable', true)
    await mark('of the next epoch again', producer.epoch + 1, 2)
    await mark('of an epoch before', producer.epoch, 0)
    await group.commit('of the epoch before', 6, { version: 5 })
  },
}

/** The answer with another number for a partition: which one a group has follows from its name. */
const withPartition = (answer: ResponseRead<typeof WriteTxnMarkers>, from: number, to: number): typeof answer => ({
  markers: answer.markers.map(marker => ({
    ...marker,
    topics: marker.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, errorCode }) => ({
        partitionIndex: partitionIndex === from ? to : partitionIndex,
        errorCode,
      })),
    })),
  })),
})

/** Offsets in transactions. */
export const txnOffsets: readonly Exchange[] = [committing, implicit, refused, mixed, rivals, markers]
