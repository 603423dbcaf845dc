/** The words of a story, as events. */
import type { Producer, RequestId } from '../coordinator/machine.ts'
import type { Verified } from '../partition/produce/transaction-checks.ts'
import type { GroupEvent, OffsetToCommit, TopicPartitions } from './group-events.ts'
import { NO_TOPIC_ID } from './group-record.ts'

/** What a client of a story remembers of a group. */
export interface Memory {
  memberId: string
  generationId: number
  /** Ids that it was given. */
  ids: number
  /** What it was last told of a transaction that begins. */
  verified: Verified
}

type Words = ReadonlyMap<string, string>

const pairs = (text: string): [string, string][] =>
  text
    .split(',')
    .filter(pair => pair !== '')
    .map(pair => {
      const colon = pair.indexOf(':')
      return colon < 0 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)]
    })

const quoted = (text: string): string => (text === "''" ? '' : text)

/** `t/0=5`. */
const offsetOf = (text: string, words: Words): OffsetToCommit => {
  const [, topic = '', partition, offset] = /^(.*)\/(\d+)=(-?\d+)$/.exec(text)!
  return {
    topic,
    topicId: NO_TOPIC_ID,
    partition: Number(partition),
    offset: Number(offset),
    leaderEpoch: Number(words.get('epoch') ?? -1),
    metadata: 'x'.repeat(Number(words.get('metadata') ?? 0)),
    commitTimestamp: Number(words.get('timestamp') ?? -1),
  }
}

/** `producer=7/0`: id and epoch. */
const producerOf = (words: Words): Producer => {
  const [id, epoch] = (words.get('producer') ?? '7/0').split('/')
  return { id: Number(id), epoch: Number(epoch) }
}

/** `t/0 t/1 u/0`. */
const topicsOf = (texts: readonly string[]): TopicPartitions[] => {
  const topics = new Map<string, number[]>()
  for (const text of texts) {
    const [topic = '', partition] = text.split('/')
    topics.set(topic, [...(topics.get(topic) ?? []), Number(partition)])
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }))
}

/** The event that `<actor> <verb> <rest>` means. */
export const eventOf = (
  request: RequestId,
  actor: string,
  verb: string,
  rest: readonly string[],
  memory: Memory,
): GroupEvent => {
  const [first = '', ...others] = rest
  const groupId = quoted(first)
  const words: Words = new Map(
    others
      .filter(word => /^[a-zA-Z]+=/.test(word))
      .map(word => [word.split('=')[0]!, word.slice(word.indexOf('=') + 1)]),
  )
  const plain = others.filter(word => word.includes('/') && !word.startsWith('producer='))
  const ids = {
    memberId: quoted(words.get('member') ?? memory.memberId),
    groupInstanceId: words.get('instance') ?? null,
    generationId: Number(words.get('generation') ?? memory.generationId),
  }
  const asked = { request, groupId }
  switch (verb) {
    case 'joins':
      return join(asked, actor, words, ids, memory)
    case 'syncs': {
      const assignments = new Map(pairs(words.get('assign') ?? '').map(([id, bytes]) => [id, Buffer.from(bytes)]))
      const protocol = { protocolType: words.get('type') ?? null, protocolName: words.get('protocol') ?? null }
      return { type: 'sync', ...asked, ...ids, ...protocol, assignments }
    }
    case 'beats':
      return { type: 'heartbeat', ...asked, ...ids }
    case 'leaves':
      return { type: 'leave', ...asked, members: [{ memberId: ids.memberId, groupInstanceId: ids.groupInstanceId }] }
    case 'commits': {
      const unknownGroup = Number(words.get('v') ?? 9) >= 9 ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION'
      const retentionTimeMs = Number(words.get('retention') ?? -1)
      return {
        type: 'commit',
        ...asked,
        ...ids,
        unknownGroup,
        retentionTimeMs,
        offsets: plain.map(one => offsetOf(one, words)),
      }
    }
    case 'verifies':
      return { type: 'verifyTxn', ...asked, producer: producerOf(words), epochPerTransaction: words.get('v') === '5' }
    case 'txnCommits': {
      // Older clients say nothing of a member.
      const member = words.has('member') ? ids : { memberId: '', groupInstanceId: null, generationId: -1 }
      const verified = others.includes('unchecked') ? 'unchecked' : memory.verified
      const offsets = plain.map(one => offsetOf(one, words))
      return { type: 'txnCommit', ...asked, ...member, producer: producerOf(words), verified, offsets }
    }
    case 'marks': {
      const { id: producerId, epoch: producerEpoch } = producerOf(words)
      const coordinatorEpoch = Number(words.get('coordinator') ?? 0)
      const transactionVersion = Number(words.get('tv') ?? 1)
      const committed = first === 'commit'
      return {
        type: 'marker',
        request,
        marker: { producerId, producerEpoch, committed, coordinatorEpoch, transactionVersion },
      }
    }
    case 'fetches':
      return {
        type: 'fetchOffsets',
        ...asked,
        topics: plain.length === 0 ? null : topicsOf(plain),
        requireStable: others.includes('stable'),
      }
    case 'forgets':
      return { type: 'deleteOffsets', ...asked, topics: topicsOf(plain) }
    case 'describes':
      return { type: 'describe', ...asked }
    case 'lists':
      return { type: 'list', request }
    case 'deletes':
      return { type: 'deleteGroup', ...asked }
    case 'dropsTopics':
      return { type: 'topicsDeleted', topics: new Set(rest) }
    default:
      throw new Error(`nobody ${verb} in a story`)
  }
}

const join = (
  asked: { request: RequestId; groupId: string },
  actor: string,
  words: Words,
  { memberId, groupInstanceId }: { memberId: string; groupInstanceId: string | null },
  memory: Memory,
): GroupEvent => {
  const version = Number(words.get('v') ?? 9)
  if (memberId === '') memory.ids++
  return {
    type: 'join',
    ...asked,
    memberId,
    groupInstanceId,
    newMemberId: `${groupInstanceId === null ? '' : `${groupInstanceId}-`}${actor}-${memory.ids}`,
    clientId: actor,
    clientHost: '/127.0.0.1',
    sessionTimeoutMs: Number(words.get('session') ?? 10_000),
    rebalanceTimeoutMs: Number(words.get('rebalance') ?? 5000),
    protocolType: quoted(words.get('type') ?? 'consumer'),
    protocols: pairs(words.get('protocols') ?? 'range:sub').map(([name, metadata]) => ({
      name,
      metadata: Buffer.from(metadata),
    })),
    memberIdRequired: version >= 4,
    canSkipAssignment: version >= 9,
  }
}
