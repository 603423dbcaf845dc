/** Records, replies and timers as lines of a story. */
import type { Write } from '../coordinator/machine.ts'
import type { GroupEvent } from './group-events.ts'
import type { GroupRecord } from './group-record.ts'
import type { DescribedGroup, FetchedTopic, GroupReply, JoinReply, ListedGroup, SyncReply } from './group-replies.ts'

const list = (texts: readonly string[]): string => (texts.length === 0 ? 'none' : texts.join(','))

/** A timer's key without what makes it unambiguous. */
export const keyText = (key: string): string => key.replace(/^session \d+ /, 'session ')

/** What is written, a line a record or marker. */
export const writeTexts = (write: Write<GroupRecord>): readonly string[] => {
  if ('marker' in write) {
    const { id, epoch, committed, coordinatorEpoch } = write.marker
    return [`${committed ? 'commit' : 'abort'} of ${id}/${epoch} by ${coordinatorEpoch}`]
  }
  const { producer, records } = write
  return records.map(
    record => recordText(record) + (producer === undefined ? '' : ` for ${producer.id}/${producer.epoch}`),
  )
}

/** A record. */
const recordText = (record: GroupRecord): string => {
  const { group, value } = record
  if (record.type === 'offset') {
    const at = `offset ${group} ${record.topic}/${record.partition}`
    if (record.value === null) return `${at} gone`
    const { offset, leaderEpoch, metadata, expireTimestamp, commitTimestamp } = record.value
    const more = [
      leaderEpoch === -1 ? '' : ` epoch=${leaderEpoch}`,
      metadata === '' ? '' : ` metadata=${metadata.length}`,
      expireTimestamp === -1 ? '' : ` expires=+${expireTimestamp - commitTimestamp}`,
    ]
    return `${at} = ${offset}${more.join('')}`
  }
  if (value === null) return `group ${group} gone`
  const { generation, protocolType, protocol, leader, members } = record.value!
  const texts = members.map(
    member =>
      `${member.memberId}${member.groupInstanceId === null ? '' : `(${member.groupInstanceId})`}:${member.assignment}`,
  )
  return `group ${group} generation=${generation} type=${protocolType} protocol=${protocol} leader=${leader} members=${list(texts)}`
}

const joinText = (reply: JoinReply): string => {
  const { error, generationId, protocolName, leader, skipAssignment, memberId, members } = reply
  if (error !== 'NONE') return `${error} member=${memberId === '' ? "''" : memberId}`
  const texts = members.map(member => `${member.memberId}:${member.metadata}`)
  const skip = skipAssignment ? ' skipAssignment' : ''
  return `generation=${generationId} protocol=${protocolName} leader=${leader} member=${memberId}${skip} members=${list(texts)}`
}

const syncText = ({ error, protocolName, assignment }: SyncReply): string =>
  error === 'NONE' ? `protocol=${protocolName} assignment=${assignment}` : error

const describeText = (group: DescribedGroup | null): string => {
  if (group === null) return 'no such group'
  const members = group.members.map(
    ({ memberId, groupInstanceId, metadata, assignment }) =>
      `${memberId}${groupInstanceId === null ? '' : `(${groupInstanceId})`}:${metadata}/${assignment}`,
  )
  return `${group.state} type=${group.protocolType} protocol=${group.protocolName} members=${list(members)}`
}

const fetchText = (topics: readonly FetchedTopic[]): string =>
  list(
    topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset, error }) => `${topic}/${partition}=${error === 'NONE' ? offset : error}`),
    ),
  )

/** The reply to the event. */
export const replyText = (event: GroupEvent, reply: GroupReply): string => {
  switch (event.type) {
    case 'join':
      return joinText(reply as JoinReply)
    case 'sync':
      return syncText(reply as SyncReply)
    case 'describe':
      return describeText(reply as DescribedGroup | null)
    case 'fetchOffsets':
      return fetchText(reply as readonly FetchedTopic[])
    case 'list':
      return list((reply as readonly ListedGroup[]).map(({ groupId, state, type }) => `${groupId}(${state},${type})`))
    case 'leave':
      return list([...(reply as { members: readonly string[] }).members])
    case 'deleteOffsets': {
      const { error, topics } = reply as { error: string; topics: readonly string[] }
      return error === 'NONE' ? list([...topics]) : error
    }
    case 'verifyTxn':
      return reply === null ? 'is open' : 'to be asked'
    case 'commit':
    case 'txnCommit':
      return list([...(reply as readonly string[])])
    default:
      return String(reply)
  }
}
