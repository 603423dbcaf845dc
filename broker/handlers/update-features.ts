import { codeOf } from '../../protocol/errors.ts'
import { UpdateFeatures } from '../../protocol/messages/update-features.ts'
import { upgradeTypes } from '../cluster/feature-decisions.ts'
import { handler } from './handler.ts'

/** From this version one error is enough for all (KIP-1022). */
const ONE_ERROR_FROM = 2

/**
 * Changes the levels of features, all or none: INVALID_UPDATE_VERSION. Version 0 can only raise them: Kafka doesn't heed its
 * leave to lower them either.
 */
export const updateFeatures = handler(UpdateFeatures, {
  async handle({ featureUpdates, validateOnly = false }, { apiVersion }, { cluster }) {
    const updates = featureUpdates.map(({ feature, maxVersionLevel, upgradeType = upgradeTypes.UPGRADE }) => ({
      feature,
      level: maxVersionLevel,
      upgradeType,
    }))
    const error = await cluster.updateFeatures(updates, { validateOnly })
    if (error !== null) throw error
    const each = featureUpdates.map(({ feature }) => ({ feature, errorCode: 0, errorMessage: 'NONE' }))
    return {
      throttleTimeMs: 0,
      errorCode: codeOf('NONE'),
      errorMessage: null,
      ...(apiVersion < ONE_ERROR_FROM ? { results: each } : {}),
    }
  },
  refuse: (_request, error) => ({
    throttleTimeMs: 0,
    errorCode: error.code,
    errorMessage: error.detail ?? error.name,
    results: [],
  }),
})
