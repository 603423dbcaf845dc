import test from 'ava'
import { conformance } from '../conformance.ts'
import { createMemoryEngine } from './engine.ts'

conformance(test, 'memory', () => ({ engine: createMemoryEngine() }))
