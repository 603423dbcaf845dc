import test from 'ava'
import { brokerWithoutServer } from '../testing/broker-without-server.ts'
import { createTopics } from './create-topics.ts'
import { incrementalAlterConfigs } from './incremental-alter-configs.ts'
import { listConfigResources } from './list-config-resources.ts'

test('resources are listed by type, groups only when they have settings, as Kafka 4.3 does', async t => {
  const { ask } = await brokerWithoutServer()
  const list = async (resourceTypes: number[]) => {
    const { errorCode, configResources } = await ask(listConfigResources, 1, { resourceTypes })
    return [errorCode, ...configResources.map(({ resourceName, resourceType }) => `${resourceType} ${resourceName}`)]
  }
  const topic = { name: 'a', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  await ask(createTopics, 7, { topics: [topic], timeoutMs: 1000 })
  t.deepEqual(await list([]), [0, '8 1', '4 1', '2 a'])
  const configs = [{ name: 'consumer.session.timeout.ms', configOperation: 0, value: '50000' }]
  await ask(incrementalAlterConfigs, 1, {
    resources: [{ resourceType: 32, resourceName: 'g', configs }],
    validateOnly: false,
  })
  t.deepEqual(await list([]), [0, '32 g', '8 1', '4 1', '2 a'])
  t.deepEqual(await list([2, 32, 2]), [0, '32 g', '2 a'])
  t.deepEqual(await list([16]), [0])
  t.deepEqual(await list([99]), [35])
  t.deepEqual((await ask(listConfigResources, 0, {})).configResources, [], 'version 0 asks for client metrics alone')
})
