/**
 * Which replica leads a partition.
 */
import { KafkaError } from '../../protocol/errors.ts'
import type { PartitionState } from './topic.ts'

/** A partition that begins: all replicas are in sync, and the preferred one leads if it lives. */
export const firstState = (replicas: readonly number[], brokers: readonly number[]): PartitionState => {
  const isr = replicas.filter(replica => brokers.includes(replica))
  return { leader: isr[0] ?? -1, leaderEpoch: 0, replicas, isr: isr.length === 0 ? replicas : isr }
}

/** The same leader under the next epoch: what it may have lost is then told from what it writes. */
export const nextEpoch = (state: PartitionState): PartitionState => ({ ...state, leaderEpoch: state.leaderEpoch + 1 })

/** Election types of ElectLeaders (KIP-460). */
export const electionTypes = { PREFERRED: 0, UNCLEAN: 1 } as const

/**
 * The partition after an election.
 * Throws ELECTION_NOT_NEEDED when the leader needn't change, PREFERRED_LEADER_NOT_AVAILABLE or
 * ELIGIBLE_LEADERS_NOT_AVAILABLE when no replica may lead.
 */
export const electLeader = (state: PartitionState, type: number, brokers: readonly number[]): PartitionState => {
  const notNeeded = new KafkaError('ELECTION_NOT_NEEDED', 'Leader election not needed for topic partition.')
  const lives = (broker: number) => brokers.includes(broker)
  const elected = (leader: number, isr: readonly number[]): PartitionState => ({
    ...state,
    leader,
    leaderEpoch: state.leaderEpoch + 1,
    isr,
  })
  const preferred = state.replicas[0]
  if (type === electionTypes.PREFERRED) {
    if (preferred === undefined || state.leader === preferred) throw notNeeded
    if (!lives(preferred) || !state.isr.includes(preferred)) throw new KafkaError('PREFERRED_LEADER_NOT_AVAILABLE')
    return elected(preferred, state.isr)
  }
  if (lives(state.leader)) throw notNeeded
  const inSync = state.isr.find(lives)
  if (inSync !== undefined) return elected(inSync, state.isr)
  const any = state.replicas.find(lives)
  if (any === undefined) throw new KafkaError('ELIGIBLE_LEADERS_NOT_AVAILABLE')
  return elected(any, [any])
}
