import { ApiVersions, UpdateFeatures } from '../../../protocol/messages/index.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import type { Talk } from '../talk.ts'
import { Coordinated } from './coordinated.ts'

const NAME = 'transaction.version'

type Update = RequestWrite<typeof UpdateFeatures>['featureUpdates'][number]

const UPGRADE = 1
const SAFE_DOWNGRADE = 2
const UNSAFE_DOWNGRADE = 3

const update = (talk: Talk, label: string, version: number, updates: readonly Update[], validateOnly = true) =>
  talk.ask(label, UpdateFeatures, version, {
    timeoutMs: 10_000,
    featureUpdates: updates,
    ...(version === 0 ? {} : { validateOnly }),
  })

/** What ApiVersions says of the one feature, once it is so. */
const told = async (talk: Talk, label: string, level: number): Promise<void> => {
  const ours = (features: readonly { readonly name: string; readonly maxVersionLevel: number }[]) =>
    features.filter(({ name }) => name === NAME)
  for (const version of talk.versions(ApiVersions, 3)) {
    await talk.ask(
      label,
      ApiVersions,
      version,
      { clientSoftwareName: 'test', clientSoftwareVersion: '1' },
      {
        until: ({ finalizedFeatures }) => (ours(finalizedFeatures)[0]?.maxVersionLevel ?? 0) === level,
        pick: answer => ({
          ...answer,
          apiKeys: [],
          supportedFeatures: answer.supportedFeatures.filter(({ name }) => name === NAME),
          finalizedFeatures: answer.finalizedFeatures.filter(({ name }) => name === NAME),
        }),
      },
    )
  }
}

const refused: Exchange = {
  id: 'update-features-refused',
  async play(talk) {
    const transactions = (maxVersionLevel: number, upgradeType = UPGRADE): Update => ({
      ...{ feature: NAME, maxVersionLevel, upgradeType },
    })
    for (const version of talk.versions(UpdateFeatures, 1)) {
      await update(talk, 'the same level', version, [transactions(2)])
      await update(talk, 'above the highest', version, [transactions(99)])
      await update(talk, 'below 0', version, [transactions(-1)])
      await update(talk, 'an upgrade that is none', version, [transactions(1)])
      await update(talk, 'a downgrade', version, [transactions(1, SAFE_DOWNGRADE)])
      await update(talk, 'an unsafe downgrade', version, [transactions(0, UNSAFE_DOWNGRADE)])
      await update(talk, 'a downgrade to the same level', version, [transactions(2, SAFE_DOWNGRADE)])
      await update(talk, 'a downgrade to above', version, [transactions(3, SAFE_DOWNGRADE)])
      await update(talk, 'an unknown kind', version, [transactions(1, 9)])
      await update(talk, 'an unknown feature', version, [{ feature: 'odd.version', maxVersionLevel: 1 }])
      await update(talk, 'a nameless feature', version, [{ feature: '', maxVersionLevel: 1 }])
      await update(talk, 'nothing', version, [])
      await update(talk, 'one twice', version, [transactions(1, SAFE_DOWNGRADE), transactions(0, SAFE_DOWNGRADE)])
      await update(talk, 'one right and one wrong', version, [
        transactions(1, SAFE_DOWNGRADE),
        { feature: 'odd.version', maxVersionLevel: 1 },
      ])
      await update(talk, 'metadata.version below all', version, [
        { feature: 'metadata.version', maxVersionLevel: 1, upgradeType: UNSAFE_DOWNGRADE },
      ])
      await update(talk, 'metadata.version above all', version, [
        { feature: 'metadata.version', maxVersionLevel: 999, upgradeType: UPGRADE },
      ])
      await update(talk, 'metadata.version switched off', version, [
        { feature: 'metadata.version', maxVersionLevel: 0, upgradeType: UNSAFE_DOWNGRADE },
      ])
    }
    await update(talk, 'without leave', 0, [{ feature: NAME, maxVersionLevel: 1 }])
    await told(talk, 'nothing has changed', 2)
  },
}

/** Down to 1, to nothing, and up again, with a transaction of each kind of client at every level. */
const levels: Exchange = {
  id: 'update-features',
  async play(talk) {
    const { name } = await talk.topic('t', 1)
    const change = async (level: number, upgradeType: number): Promise<void> => {
      await update(talk, `to ${level}`, 2, [{ feature: NAME, maxVersionLevel: level, upgradeType }], false)
      await told(talk, `at ${level}`, level)
    }
    const transact = async (level: number): Promise<void> => {
      const first = await Coordinated.begun(talk, `first-${level}`)
      await first.add(`at ${level}: first kind`, 3, [{ name, partitions: [0] }])
      await first.end(`at ${level}: first kind`, 4, true)
      await first.describe(`at ${level}: first kind`)
      const second = await Coordinated.begun(talk, `second-${level}`)
      await second.add(`at ${level}: second kind`, 5, [{ name, partitions: [0] }])
      await second.end(`at ${level}: second kind`, 5, true)
      await second.describe(`at ${level}: second kind`)
    }
    await change(1, SAFE_DOWNGRADE)
    await transact(1)
    await change(0, SAFE_DOWNGRADE)
    await transact(0)
    await change(2, UPGRADE)
    await transact(2)
  },
}

const old: Exchange = {
  id: 'update-features-version-0',
  async play(talk) {
    await update(talk, 'with leave', 0, [{ feature: NAME, maxVersionLevel: 1, allowDowngrade: true }], false)
    await told(talk, 'nothing has changed', 2)
    await update(talk, 'the same level', 0, [{ feature: NAME, maxVersionLevel: 2 }], false)
  },
}

/** The levels that a cluster agrees on. */
export const featureExchanges: readonly Exchange[] = [refused, levels, old]
