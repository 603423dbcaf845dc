/**
 * Which changes of features' levels are allowed (KIP-584, KIP-1022), as observed with Kafka 4.3.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { type Feature, Features, supportedFeatures } from './features.ts'

/** Kinds of change, with the numbers of the wire. Others are none. */
export const upgradeTypes = { UPGRADE: 1, SAFE_DOWNGRADE: 2, UNSAFE_DOWNGRADE: 3 } as const

/** A change of one feature; level 0 switches it off. */
export interface FeatureUpdate {
  readonly feature: string
  readonly level: number
  readonly upgradeType: number
}

/**
 * The features after all updates, the same object if no level changes. Throws INVALID_UPDATE_VERSION if one isn't allowed:
 * then none is made.
 */
export const decideFeatures = (before: Features, updates: readonly FeatureUpdate[]): Features => {
  const levels = new Map(before.levels)
  for (const update of updates) {
    const feature = checked(before, update)
    levels.set(feature.name, update.level)
  }
  const after = new Features(before.epoch + 1, levels)
  return supportedFeatures.every(({ name }) => before.level(name) === after.level(name)) ? before : after
}

/** The updates after which all features have their initial levels. */
export const toInitialLevels = (features: Features): readonly FeatureUpdate[] =>
  supportedFeatures.map(({ name, initial }) => ({
    feature: name,
    level: initial,
    upgradeType: initial < features.level(name) ? upgradeTypes.SAFE_DOWNGRADE : upgradeTypes.UPGRADE,
  }))

const checked = (before: Features, { feature: name, level, upgradeType }: FeatureUpdate): Feature => {
  const refused = (why: string) => new KafkaError('INVALID_UPDATE_VERSION', `Invalid update of ${name}: ${why}`)
  const feature = supportedFeatures.find(feature => feature.name === name)
  if (feature === undefined) throw refused('there is no such feature.')
  if (level < feature.min || level > feature.max)
    throw refused(`level ${level} isn't supported, ${feature.min} to ${feature.max} are.`)
  if (!(Object.values(upgradeTypes) as number[]).includes(upgradeType)) throw refused('the kind of change is unknown.')
  const present = before.level(feature.name)
  if (level < present && upgradeType === upgradeTypes.UPGRADE)
    throw refused(`level ${level} is below ${present}, which takes a downgrade.`)
  if (level > present && upgradeType !== upgradeTypes.UPGRADE)
    throw refused(`level ${level} is above ${present}, which takes an upgrade.`)
  if (level < present && feature.name === 'metadata.version')
    throw refused('the metadata is kept in the form of the highest level only.')
  return feature
}
