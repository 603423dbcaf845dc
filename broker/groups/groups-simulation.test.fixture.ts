/**
 * Members join, leave, crash, stall and commit at random, and the broker dies at random. What must hold whatever happens
 * is said by name in `Invariants`.
 */
import type { RequestId } from '../coordinator/machine.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import type { GroupEvent } from './group-events.ts'
import { NO_TOPIC_ID } from './group-record.ts'
import type { GroupReply, JoinReply, SyncReply } from './group-replies.ts'
import { GroupWorld, type Step } from './group-world.test.fixture.ts'
import { type Client, Invariants, newClient } from './simulated-client.test.fixture.ts'

const PARTITIONS = 6
const SESSION_MS = 6000
const REBALANCE_MS = 4000

/** One run; the same for the same seed. */
export class Simulation {
  readonly #random: SeededRandom
  readonly #world = new GroupWorld()
  readonly #invariants = new Invariants()
  readonly #clients: Client[] = []
  readonly #handlers = new Map<RequestId, (reply: GroupReply) => void>()
  #names = 0
  #offset = 0

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
    this.#world.settings.initialRebalanceDelayMs = this.#random.integer(3) * 700
    for (let n = 0; n < 4; n++) this.#clients.push(newClient(++this.#names, n < 2 ? `i${n}` : null))
  }

  /** Random trouble for a while. */
  trouble(steps: number): void {
    for (let step = 0; step < steps; step++) {
      const dice = this.#random.fraction()
      const index = this.#random.integer(this.#clients.length)
      const client = this.#clients[index]!
      if (dice < 0.01) this.#restart()
      else if (dice < 0.02) client.alive = false
      else if (dice < 0.05) this.#clients[index] = newClient(++this.#names, client.instance)
      else if (dice < 0.07 && client.memberId !== '') this.#leave(client)
      else if (dice < 0.12) this.#pass(this.#random.integer(3000))
      else if (dice < 0.25) this.#commit(client)
      else if (dice < 0.3) this.#fetch()
      else this.#act(client)
    }
  }

  /** All clients live and behave: before long one generation has them all, and all partitions have owners. */
  settle(): void {
    for (let round = 0; round < 400; round++) {
      for (const client of this.#clients) {
        client.alive = true
        this.#act(client)
      }
      this.#pass(100)
    }
    this.#fetch()
    const generations = new Set(this.#clients.map(({ generation }) => generation))
    const owned = this.#clients.flatMap(client => client.owned).sort()
    if (generations.size !== 1) throw new Error(`generations ${[...generations]} after all is well`)
    if (owned.join() !== '0,1,2,3,4,5') throw new Error(`${owned} are owned after all is well`)
  }

  #act(client: Client): void {
    if (!client.alive || client.waiting !== null) return
    if (client.phase === 'out') this.#join(client)
    else if (client.phase === 'joined') this.#sync(client)
    else if (this.#world.elapsedMs >= client.nextBeatAt) this.#beat(client)
  }

  #join(client: Client): void {
    this.#ask(
      client,
      request => ({
        type: 'join',
        request,
        groupId: 'g',
        memberId: client.memberId,
        groupInstanceId: client.instance,
        newMemberId: `${client.name}-${request}`,
        clientId: client.name,
        clientHost: '/127.0.0.1',
        sessionTimeoutMs: SESSION_MS,
        rebalanceTimeoutMs: REBALANCE_MS,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: Buffer.from(client.name) }],
        memberIdRequired: this.#random.integer(2) === 0,
        canSkipAssignment: true,
      }),
      reply => this.#joined(client, reply as JoinReply),
    )
  }

  #joined(client: Client, { error, memberId, generationId, leader, skipAssignment, members }: JoinReply): void {
    if (error === 'MEMBER_ID_REQUIRED') client.memberId = memberId
    if (error === 'UNKNOWN_MEMBER_ID') client.memberId = ''
    if (error === 'FENCED_INSTANCE_ID') this.#fenced(client)
    if (error !== 'NONE') return
    const leads = leader === memberId && !skipAssignment
    const toAssign = leads ? members.map(member => member.memberId) : null
    Object.assign(client, { memberId, generation: generationId, phase: 'joined', toAssign, owned: [] })
  }

  #sync(client: Client): void {
    const assignments = new Map<string, Buffer>()
    const members = client.toAssign ?? []
    for (const [index, member] of members.entries()) {
      const mine = Array.from({ length: PARTITIONS }, (_, p) => p).filter(p => p % members.length === index)
      assignments.set(member, Buffer.from(mine.join()))
    }
    const { memberId, instance: groupInstanceId, generation: generationId } = client
    const ids = { groupId: 'g', memberId, groupInstanceId, generationId, protocolType: null, protocolName: null }
    this.#ask(
      client,
      request => ({ type: 'sync', request, ...ids, assignments }),
      reply => {
        const { error, assignment } = reply as SyncReply
        if (error !== 'NONE') return this.#refused(client, error)
        client.phase = 'assigned'
        client.owned = assignment.length === 0 ? [] : assignment.toString().split(',').map(Number)
        client.nextBeatAt = this.#world.elapsedMs + 1000
        this.#invariants.oneOwner(client)
      },
    )
  }

  #beat(client: Client): void {
    client.nextBeatAt = this.#world.elapsedMs + 1000
    const { memberId, instance: groupInstanceId, generation: generationId } = client
    this.#ask(
      client,
      request => ({ type: 'heartbeat', request, groupId: 'g', memberId, groupInstanceId, generationId }),
      reply => {
        if (reply !== 'NONE') this.#refused(client, reply as string)
      },
    )
  }

  #refused(client: Client, error: string): void {
    client.phase = 'out'
    client.owned = []
    if (error === 'UNKNOWN_MEMBER_ID') client.memberId = ''
    if (error === 'FENCED_INSTANCE_ID') this.#fenced(client)
  }

  /** It stops; when it is started again it has no member id. */
  #fenced(client: Client): void {
    client.alive = false
    client.memberId = ''
  }

  #leave(client: Client): void {
    const members = [{ memberId: client.memberId, groupInstanceId: null }]
    this.#refused(client, 'UNKNOWN_MEMBER_ID')
    this.#ask(
      null,
      request => ({ type: 'leave', request, groupId: 'g', members }),
      () => {},
    )
  }

  #commit(client: Client): void {
    const partition = client.owned[0]
    if (partition === undefined) return
    const offset = ++this.#offset
    const { memberId, instance: groupInstanceId, generation: generationId } = client
    const one = {
      topic: 't',
      topicId: NO_TOPIC_ID,
      partition,
      offset,
      leaderEpoch: -1,
      metadata: '',
      commitTimestamp: -1,
    }
    const ids = { groupId: 'g', memberId, groupInstanceId, generationId }
    const rest = { retentionTimeMs: -1, unknownGroup: 'GROUP_ID_NOT_FOUND', offsets: [one] } as const
    this.#ask(
      null,
      request => ({ type: 'commit', request, ...ids, ...rest }),
      reply => {
        if ((reply as readonly string[])[0] === 'NONE') this.#invariants.acknowledged(generationId, partition, offset)
      },
    )
  }

  #fetch(): void {
    const topics = [{ topic: 't', partitions: Array.from({ length: PARTITIONS }, (_, partition) => partition) }]
    this.#ask(
      null,
      request => ({ type: 'fetchOffsets', request, groupId: 'g', topics, requireStable: true }),
      reply => {
        const [topic] = reply as readonly { partitions: readonly { partition: number; offset: number }[] }[]
        for (const { partition, offset } of topic!.partitions) this.#invariants.fetched(partition, offset)
      },
    )
  }

  #ask(client: Client | null, make: (request: RequestId) => GroupEvent, answered: (reply: GroupReply) => void): void {
    let id = -1
    const step = this.#world.ask(request => {
      id = request
      return make(request)
    })
    if (client !== null) client.waiting = id
    this.#handlers.set(id, reply => {
      if (client !== null) client.waiting = null
      answered(reply)
    })
    this.#replies(step)
  }

  /** Every request is answered once at most. */
  #replies({ effects }: Step): void {
    for (const effect of effects) {
      if (effect.type !== 'reply') continue
      const handler = this.#handlers.get(effect.to)
      if (handler === undefined) throw new Error(`request ${effect.to} was answered twice`)
      this.#handlers.delete(effect.to)
      handler(effect.reply)
    }
  }

  #pass(ms: number): void {
    for (let left = ms; ; ) {
      const fired = this.#world.pass(left)
      if (fired === null) return
      left -= fired.passedMs
      this.#replies(fired.step)
    }
  }

  /** Requests that waited are lost; their clients try again. */
  #restart(): void {
    this.#handlers.clear()
    for (const client of this.#clients) client.waiting = null
    this.#world.restart()
  }
}
