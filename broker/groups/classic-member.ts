import type { RequestId } from '../coordinator/machine.ts'
import type { JoinEvent, Protocol } from './group-events.ts'
import type { StoredMember } from './group-record.ts'

const NO_BYTES = Buffer.alloc(0)

/** A member of a classic group. */
export interface ClassicMember {
  readonly id: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  /** In the member's order of preference; after a load only the one that was chosen. */
  protocols: readonly Protocol[]
  assignment: Buffer
  /** The JoinGroup that waits for the rebalance. */
  joining: RequestId | null
  /** The SyncGroup that waits for the leader's assignment. */
  syncing: RequestId | null
  /** It hasn't completed a rebalance yet: nobody knows its id, so nobody can send its heartbeats. */
  isNew: boolean
}

/** The rebalance timeout of a join. JoinGroup 0 has none, and 0 would put every member out at once: the session timeout then. */
const rebalanceTimeoutOf = (event: JoinEvent): number =>
  event.rebalanceTimeoutMs > 0 ? event.rebalanceTimeoutMs : event.sessionTimeoutMs

/** A member that joins for the first time. */
export const newMember = (event: JoinEvent, id: string): ClassicMember => ({
  id,
  instanceId: event.groupInstanceId,
  clientId: event.clientId,
  clientHost: event.clientHost,
  sessionTimeoutMs: event.sessionTimeoutMs,
  rebalanceTimeoutMs: rebalanceTimeoutOf(event),
  protocols: event.protocols,
  assignment: NO_BYTES,
  joining: event.request,
  syncing: null,
  isNew: true,
})

/** A member that joins again: it may have changed its mind about all but who it is. */
export const updateMember = (member: ClassicMember, event: JoinEvent): void => {
  member.sessionTimeoutMs = event.sessionTimeoutMs
  member.rebalanceTimeoutMs = rebalanceTimeoutOf(event)
  member.protocols = event.protocols
  member.joining = event.request
}

/** A member as the log has it: of its protocols only the chosen one. */
export const storedMember = (stored: StoredMember, protocolName: string | null): ClassicMember => ({
  id: stored.memberId,
  instanceId: stored.groupInstanceId,
  clientId: stored.clientId,
  clientHost: stored.clientHost,
  sessionTimeoutMs: stored.sessionTimeout,
  rebalanceTimeoutMs: stored.rebalanceTimeout === -1 ? stored.sessionTimeout : stored.rebalanceTimeout,
  protocols: protocolName === null ? [] : [{ name: protocolName, metadata: stored.subscription }],
  assignment: stored.assignment,
  joining: null,
  syncing: null,
  isNew: false,
})

/** The member's subscription for the protocol; empty if it doesn't support it. */
export const metadataFor = (member: ClassicMember, protocolName: string | null): Buffer =>
  member.protocols.find(protocol => protocol.name === protocolName)?.metadata ?? NO_BYTES

/** Whether the member supports the same protocols, in the same order, with the same subscriptions. */
export const sameProtocols = (member: ClassicMember, protocols: readonly Protocol[]): boolean =>
  member.protocols.length === protocols.length &&
  member.protocols.every(({ name, metadata }, index) => {
    const other = protocols[index]!
    return name === other.name && metadata.equals(other.metadata)
  })
