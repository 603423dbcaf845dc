/** Who takes part in a run. */
import type { Topic, Use } from './clients/part.ts'
import type { Casting } from './crew.ts'

/** How much goes on: `small` for a run of less than a minute on a shared machine. */
export type Size = 'small' | 'full'

/** What goes on: records without transactions, transactions beside them. */
export type Workload = 'plain' | 'transactions'

/** A run's clients and what they work on. */
export interface Cast {
  readonly clients: readonly Casting[]
  /** Groups whose members must receive everything of the topics with values. */
  readonly groups: readonly string[]
}

/** Members of a group, by library and by how they commit. */
const groupKinds = [
  { role: 'rdkafka-member', commit: 'manual', sizes: ['small', 'full'] },
  { role: 'kafkajs-member', commit: 'automatic', sizes: ['small', 'full'] },
  { role: 'rdkafka-member', commit: 'automatic', sizes: ['full'] },
  { role: 'kafkajs-member', commit: 'manual', sizes: ['full'] },
] as const

const everything: readonly Use[] = ['values', 'transfers', 'outputs']

/** The clients of a run whose groups and transactional ids begin with `run`, each with a seed of its own. */
export function castOf(workload: Workload, size: Size, run: string, seed: number): Cast {
  const plain = plainCast(size, run)
  const transactions = workload === 'plain' ? { clients: [], groups: [] } : transactionalCast(size, run)
  const groups = [...plain.groups, ...transactions.groups]
  const observer = { name: 'observer', role: 'observer' as const, uses: ['values' as const], groups }
  const clients = [...plain.clients, ...transactions.clients, observer]
  return { clients: clients.map((client, index) => ({ ...client, seed: seed * 1000 + index * 17 })), groups }
}

interface Seedless {
  readonly clients: readonly Omit<Casting, 'seed'>[]
  readonly groups: readonly string[]
}

function plainCast(size: Size, run: string): Seedless {
  const uses: readonly Use[] = ['values']
  const kinds = groupKinds.filter(({ sizes }) => (sizes as readonly Size[]).includes(size))
  const groups = kinds.map(({ role, commit }) => `${run}-${role}-${commit}`)
  return {
    groups,
    clients: [
      ...(['rdkafka-producer', 'kafkajs-producer'] as const).flatMap(role =>
        numbers(size === 'full' ? 2 : 1).map(number => ({ name: `${role}-${number}`, role, uses })),
      ),
      ...kinds.flatMap(({ role, commit }, index) =>
        numbers(2).map(number => ({
          name: `${role}-${commit}-${number}`,
          role,
          uses,
          commit,
          group: groups[index] ?? '',
        })),
      ),
      { name: 'rdkafka-seeker', role: 'rdkafka-seeker', uses: everything },
      // From the middle of a log kafkajs reads what was aborted, where two transactions were open there.
      { name: 'kafkajs-seeker', role: 'kafkajs-member', uses, seeks: true, group: `${run}-kafkajs-seeker` },
    ],
  }
}

function transactionalCast(size: Size, run: string): Seedless {
  const group = `${run}-rdkafka-transformer`
  const kinds = [
    { role: 'rdkafka-transactor', count: size === 'full' ? 2 : 1, uses: ['transfers'] },
    { role: 'kafkajs-transactor', count: 1, uses: ['transfers'] },
    { role: 'rdkafka-transformer', count: 2, uses: ['values', 'outputs'] },
  ] as const
  return {
    groups: [group],
    clients: kinds.flatMap(({ role, count, uses }) =>
      numbers(count).map(number => {
        const name = `${role}-${number}`
        return { name, role, uses, group, transactionalId: `${run}-${name}` }
      }),
    ),
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

/** A topic as it is made. */
export type NewTopic = Topic & { readonly configs: Readonly<Record<string, string>> }

/** The topics of a run; the log of the second one goes over into new segments often. */
export function topicsOf(workload: Workload, run: string): readonly NewTopic[] {
  const plain: NewTopic[] = [
    { name: `${run}-wide`, partitions: 4, use: 'values', configs: {} },
    { name: `${run}-rolling`, partitions: 2, use: 'values', configs: { 'segment.bytes': String(1 << 20) } },
  ]
  if (workload === 'plain') return plain
  return [
    ...plain,
    { name: `${run}-accounts`, partitions: 3, use: 'transfers', configs: {} },
    { name: `${run}-outputs`, partitions: 2, use: 'outputs', configs: {} },
  ]
}
