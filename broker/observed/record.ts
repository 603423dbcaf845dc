/**
 * Plays the exchanges with a real Kafka and writes its answers down:
 * `node dist/broker/observed/record.js HOST:PORT [THEME...]`. Themes of other releases than that broker's are left alone.
 * The broker: one node, id 1, with `group.initial.rebalance.delay.ms=0` and internal topics of replication factor 1.
 */
import { codeOf } from '../../protocol/errors.ts'
import { ApiVersions, apisByKey, FindCoordinator, Heartbeat, InitProducerId } from '../../protocol/messages/index.ts'
import { ready } from '../../protocol/records/compression.ts'
import { advertisedBy, type Release, releases } from '../../protocol/releases.ts'
import { RawClient } from '../testing/raw-client.ts'
import { saveAnswers } from './answers-file.ts'
import { type Exchange, play } from './exchange.ts'
import { themes } from './exchanges/index.ts'
import type { Played } from './transcript.ts'

const [address, ...wanted] = process.argv.slice(2)
if (address === undefined) throw new Error('usage: record.js HOST:PORT [THEME...]')

/** The newest release that speaks what the broker does, in the same versions. */
const releaseOf = async (address: string): Promise<Release> => {
  const client = await RawClient.connect(address)
  const { apiKeys } = await client.request(ApiVersions, 3, {
    clientSoftwareName: 'recorder',
    clientSoftwareVersion: '1',
  })
  await client.close()
  const spoken = apiKeys.filter(({ apiKey }) => apisByKey.has(apiKey))
  const release = [...releases].reverse().find(release => {
    const ofRelease = advertisedBy(release)
    return spoken.every(({ apiKey, minVersion, maxVersion }) => {
      const versions = ofRelease.get(apiKey)
      // Brokers of 3.x on KRaft also spoke APIs that those on ZooKeeper didn't.
      return versions === undefined || (versions.min === minVersion && versions.max === maxVersion)
    })
  })
  if (release === undefined) throw new Error('this broker speaks like no release of Kafka')
  return release
}

/** Until every coordinator of a broker that has just started answers: 200 names cover all partitions of its logs. */
const warm: Exchange = {
  id: 'warm-up',
  async play(talk) {
    const until = ({ errorCode }: { errorCode: number }): boolean => !loading.has(errorCode)
    await talk.ask('', InitProducerId, 1, { transactionalId: null, transactionTimeoutMs: 1000 }, { until })
    await talk.ask('', FindCoordinator, 1, { key: 'g' }, { until })
    for (let count = 0; count < 200; count++) {
      await talk.ask('', Heartbeat, 1, { groupId: talk.fresh('g'), generationId: 1, memberId: 'm' }, { until })
    }
  },
}
const loading = new Set(
  (['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR'] as const).map(codeOf),
)

await ready('zstd')
const release = await releaseOf(address)
/** Real time can't be moved. */
const pass = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
const run = `${Date.now().toString(36)}-`
await play(warm, { address, run, pass }, release)
for (const theme of themes) {
  if (theme.release !== release || (wanted.length > 0 && !wanted.includes(theme.name))) continue
  const played: Played[] = []
  for (const exchange of theme.exchanges) played.push(await play(exchange, { address, run, pass }, release))
  saveAnswers(theme, played)
  console.log(`${theme.name}: ${played.length} exchanges`)
}
