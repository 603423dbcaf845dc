import test from 'ava'
import type { KafkaError } from '../../protocol/errors.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { assignReplicas } from './assignment.ts'

test('replicas are different brokers, and leaders and replicas are spread evenly', t => {
  const seed = 20260101
  const random = new SeededRandom(seed)
  for (let round = 0; round < 200; round++) {
    const brokers = Array.from({ length: 1 + random.integer(8) }, (_, index) => index * 3)
    const replicationFactor = 1 + random.integer(brokers.length)
    const count = brokers.length * (1 + random.integer(4))
    const spread = random.integer(1 << 16)
    const assignment = assignReplicas({ brokers, replicationFactor, from: 0, count, spread })
    t.is(assignment.length, count)
    const leads = new Map<number, number>()
    for (const replicas of assignment) {
      t.is(new Set(replicas).size, replicationFactor, `seed ${seed}`)
      t.true(replicas.every(replica => brokers.includes(replica)))
      leads.set(replicas[0]!, (leads.get(replicas[0]!) ?? 0) + 1)
    }
    t.true(
      [...leads.values()].every(times => times === count / brokers.length),
      `seed ${seed}`,
    )
  }
})

test('partitions added later go on where the first ones ended', t => {
  const placement = { brokers: [1, 2, 3], replicationFactor: 2, spread: 5 }
  const all = assignReplicas({ ...placement, from: 0, count: 9 })
  t.deepEqual(assignReplicas({ ...placement, from: 4, count: 5 }), all.slice(4))
})

test('more replicas than brokers can’t be', t => {
  const error = t.throws(() => assignReplicas({ brokers: [1], replicationFactor: 2, from: 0, count: 1, spread: 0 }), {
    any: true,
  }) as unknown
  t.is((error as KafkaError).name, 'INVALID_REPLICATION_FACTOR')
})
