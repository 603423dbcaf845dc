/**
 * Where to go instead (KIP-951): the leader that a refused Produce or Fetch names, and how to reach it.
 */
import type { KafkaError } from '../../protocol/errors.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Topic } from '../cluster/topic.ts'
import type { Client } from '../client.ts'

/** An answer's `nodeEndpoints` entry. */
export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** Gathers, for one answer, the leaders that its errors point to. */
export class LeaderHints {
  readonly #cluster: Cluster
  readonly #client: Client
  readonly #spoken: boolean
  readonly #endpoints = new Map<number, NodeEndpoint>()

  /** @param spoken whether the request's version has a place for hints; without, none are given. */
  constructor(cluster: Cluster, client: Client, spoken: boolean) {
    this.#cluster = cluster
    this.#client = client
    this.#spoken = spoken
  }

  /** The answer's `currentLeader` for an error, if the error is about leadership and the leader is known. */
  leaderOf(
    error: KafkaError,
    topic: Topic | null | undefined,
    index: number,
  ): { readonly leaderId: number; readonly leaderEpoch: number } | undefined {
    if (!this.#spoken) return undefined
    if (error.name !== 'NOT_LEADER_OR_FOLLOWER' && error.name !== 'FENCED_LEADER_EPOCH') return undefined
    const state = topic?.partitions[index]
    if (state === undefined) return undefined
    this.#add(state.leader)
    return { leaderId: state.leader, leaderEpoch: state.leaderEpoch }
  }

  /** The answer's `nodeEndpoints`. */
  endpoints(): readonly NodeEndpoint[] {
    return [...this.#endpoints.values()]
  }

  #add(nodeId: number): void {
    if (this.#endpoints.has(nodeId)) return
    const node = this.#cluster.brokers().find(broker => broker.id === nodeId)
    if (node === undefined) return
    const { host, port } = this.#cluster.advertised(node, this.#client)
    this.#endpoints.set(nodeId, { nodeId, host, port, rack: node.rack })
  }
}
