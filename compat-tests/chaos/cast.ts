/** Who takes part in a run. */
import type { Topic } from './clients/part.ts'
import type { Casting } from './crew.ts'

/** How much goes on: `small` for a run of less than a minute on a shared machine. */
export type Size = 'small' | 'full'

/** A run's clients and what they work on. */
export interface Cast {
  readonly clients: readonly Casting[]
  /** Groups whose members must receive everything. */
  readonly groups: readonly string[]
}

/** Members of a group, by library and by how they commit. */
const groupKinds = [
  { role: 'rdkafka-member', commit: 'manual', sizes: ['small', 'full'] },
  { role: 'kafkajs-member', commit: 'automatic', sizes: ['small', 'full'] },
  { role: 'rdkafka-member', commit: 'automatic', sizes: ['full'] },
  { role: 'kafkajs-member', commit: 'manual', sizes: ['full'] },
] as const

/** The clients of a run whose names begin with `run`, each with a seed of its own. */
export function castOf(size: Size, run: string, seed: number): Cast {
  const many = size === 'full' ? 2 : 1
  const numbers = [...Array.from({ length: many }, (_, index) => index + 1)]
  const kinds = groupKinds.filter(({ sizes }) => (sizes as readonly Size[]).includes(size))
  const groups = kinds.map(({ role, commit }) => `${run}-${role}-${commit}`)
  const clients: Omit<Casting, 'seed'>[] = [
    ...numbers.flatMap(number => [
      { name: `rdkafka-producer-${number}`, role: 'rdkafka-producer' as const },
      { name: `kafkajs-producer-${number}`, role: 'kafkajs-producer' as const },
    ]),
    ...kinds.flatMap(({ role, commit }, index) =>
      [1, 2].map(number => ({ name: `${role}-${commit}-${number}`, role, commit, group: groups[index] ?? '' })),
    ),
    { name: 'rdkafka-seeker', role: 'rdkafka-seeker' },
    { name: 'kafkajs-seeker', role: 'kafkajs-member', seeks: true, group: `${run}-kafkajs-seeker` },
    { name: 'observer', role: 'observer', groups },
  ]
  return { clients: clients.map((client, index) => ({ ...client, seed: seed * 1000 + index * 17 })), groups }
}

/** The topics of a run; the second one's log goes over into new segments often. */
export function topicsOf(run: string): readonly (Topic & { readonly configs: Readonly<Record<string, string>> })[] {
  return [
    { name: `${run}-wide`, partitions: 4, configs: {} },
    { name: `${run}-rolling`, partitions: 2, configs: { 'segment.bytes': String(1 << 20) } },
  ]
}
