/** Commits while the engine fails now and then: what was acknowledged stays, and nothing stays broken. */
import test from 'ava'
import { KafkaError } from '../../protocol/errors.ts'
import { allOutcomes, type Engine } from '../../storage/engine.ts'
import { settled } from '../testing/manual-clock.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { GroupBroker } from './group-broker.test.fixture.ts'
import { NO_TOPIC_ID } from './group-record.ts'

const GROUPS = ['a', 'b', 'c']

/** An engine whose appends fail in the ways that the contract allows, while `failing`. */
const flawed = (engine: Engine, random: SeededRandom, state: { failing: boolean }): Engine => {
  const append: Engine['append'] = async requests => {
    const dice = state.failing ? random.fraction() : 1
    if (dice < 0.05) throw new Error('lost on the way there')
    if (dice < 0.1) return requests.map(() => ({ ok: false, reason: 'full', end: 0 }) as const)
    const outcomes = await allOutcomes(engine.append(requests))
    if (dice < 0.15) throw new Error('lost on the way back')
    return outcomes
  }
  return new Proxy(engine, {
    get(target, key) {
      if (key === 'append') return append
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** What is known of one group's offset: acknowledged, or sent since with an outcome that nobody knows. */
class Known {
  #acknowledged = -1
  #uncertain = new Set<number>()

  acknowledged(offset: number): void {
    this.#acknowledged = offset
    this.#uncertain.clear()
  }

  uncertain(offset: number): void {
    this.#uncertain.add(offset)
  }

  allows(offset: number): boolean {
    return offset === this.#acknowledged || this.#uncertain.has(offset)
  }
}

const commit = (broker: GroupBroker, groupId: string, offset: number) =>
  broker.groups.ask({
    type: 'commit',
    groupId,
    generationId: -1,
    memberId: '',
    groupInstanceId: null,
    retentionTimeMs: -1,
    unknownGroup: 'GROUP_ID_NOT_FOUND',
    offsets: [
      { topic: 't', topicId: NO_TOPIC_ID, partition: 0, offset, leaderEpoch: -1, metadata: '', commitTimestamp: -1 },
    ],
  })

const fetched = async (broker: GroupBroker, groupId: string): Promise<number> => {
  const topics = [{ topic: 't', partitions: [0] }]
  const [topic] = await broker.groups.ask({ type: 'fetchOffsets', groupId, topics, requireStable: true })
  return topic!.partitions[0]!.offset
}

/** One commit after the other in each group, all groups at once in one partition of the offsets topic. */
const commits = async (broker: GroupBroker, known: ReadonlyMap<string, Known>, count: number): Promise<number> => {
  let failures = 0
  const each = GROUPS.map(async groupId => {
    for (let n = 0; n < count; n++) {
      try {
        const [error] = await commit(broker, groupId, n)
        if (error !== 'NONE') throw new Error(error)
        known.get(groupId)!.acknowledged(n)
      } catch (error) {
        if (!(error instanceof KafkaError && error.retriable)) throw error
        known.get(groupId)!.uncertain(n)
        failures++
      }
    }
  })
  await Promise.all(each)
  return failures
}

test('acknowledged offsets survive appends that fail, and a restart after them', async t => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new SeededRandom(seed)
    const state = { failing: false }
    const settings = { 'offsets.topic.num.partitions': '1' }
    const broker = await GroupBroker.start(settings, undefined, engine => flawed(engine, random, state))
    await broker.groups.coordinatorOf('a')
    const known = new Map(GROUPS.map(groupId => [groupId, new Known()]))
    state.failing = true
    const failures = await commits(broker, known, 50)
    state.failing = false
    await settled()
    t.true(failures > 0, `seed ${seed}`)
    const live = new Map<string, number>()
    for (const groupId of GROUPS) {
      const offset = await fetched(broker, groupId)
      t.true(known.get(groupId)!.allows(offset), `seed ${seed}: ${groupId} is at ${offset}`)
      live.set(groupId, offset)
    }
    await broker.stop()
    const again = await GroupBroker.start(settings, broker)
    for (const groupId of GROUPS) t.is(await fetched(again, groupId), live.get(groupId)!, `seed ${seed}`)
    await commit(again, 'a', 1000)
    t.is(await fetched(again, 'a'), 1000)
  }
})
