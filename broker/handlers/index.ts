/**
 * The registry: every API that this broker serves. ApiVersions is derived from it, and what isn't listed isn't advertised.
 */
import { apiVersions } from './api-versions.ts'
import type { Handler } from './handler.ts'

/** All handlers, one per API. */
export const handlers: readonly Handler[] = [apiVersions(() => handlers)] as const
