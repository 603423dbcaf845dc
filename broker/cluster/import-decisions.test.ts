import test from 'ava'
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import { decideImport, type ImportedTopic } from './import-decisions.ts'
import { MetadataImage } from './metadata-image.ts'

const topic: ImportedTopic = {
  id: 'y43vXg_lS6yzuSBBQjcW8g',
  name: 'a.b',
  config: new Map([['retention.ms', '-1']]),
  leaderEpochs: [4, 0],
}
const nothing = { topics: [], configs: [], nextProducerId: 0, nodeId: 7 }

/** The image after facts. */
const imageOf = (...imports: readonly Parameters<typeof decideImport>[1][]): MetadataImage => {
  const image = new MetadataImage()
  for (const each of imports) for (const record of decideImport(image, each)) image.apply(record)
  return image
}

test('an imported topic is led by the broker that keeps it, under the epochs given', t => {
  const image = imageOf({ ...nothing, topics: [topic], nextProducerId: 3000 })
  t.deepEqual(image.topicByName('a.b'), {
    ...{ id: topic.id, name: 'a.b' },
    partitions: [4, 0].map(leaderEpoch => ({ leader: 7, leaderEpoch, replicas: [7], isr: [7] })),
  })
  t.deepEqual(image.config(2, 'a.b'), topic.config)
  t.is(image.nextProducerId, 3000)
})

test('settings and producer ids that are there already stay', t => {
  const configs = (value: string) => [{ type: 4, name: '', config: new Map([['log.retention.ms', value]]) }]
  const image = imageOf(
    { ...nothing, configs: configs('1'), nextProducerId: 500 },
    { ...nothing, configs: configs('2'), nextProducerId: 400 },
  )
  t.is(image.config(4, '').get('log.retention.ms'), '1')
  t.is(image.nextProducerId, 500)
})

test('names and ids that are there, and names that can hardly be told apart, are refused', t => {
  const image = imageOf({ ...nothing, topics: [topic] })
  const refusals: readonly (readonly [Partial<ImportedTopic>, ErrorName])[] = [
    [{}, 'TOPIC_ALREADY_EXISTS'],
    [{ name: 'other' }, 'TOPIC_ALREADY_EXISTS'],
    [{ id: 'zPoF-qs3Q1qreJTAQZu6UQ', name: 'a_b' }, 'INVALID_TOPIC_EXCEPTION'],
    [{ id: 'zPoF-qs3Q1qreJTAQZu6UQ', name: '' }, 'INVALID_TOPIC_EXCEPTION'],
  ]
  for (const [changes, name] of refusals) {
    try {
      decideImport(image, { ...nothing, topics: [{ ...topic, ...changes }] })
      t.fail(name)
    } catch (error) {
      t.true(error instanceof KafkaError)
      t.is((error as KafkaError).name, name)
    }
  }
})
