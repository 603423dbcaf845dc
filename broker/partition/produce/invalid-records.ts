import { type ErrorName, KafkaError } from '../../../protocol/errors.ts'
import type { RecordError } from './append-outcome.ts'

/** A batch refused for what some of its records are (KIP-467): nothing of it is stored. */
export class InvalidRecords extends KafkaError {
  readonly recordErrors: readonly RecordError[]

  constructor(name: ErrorName, detail: string, recordErrors: readonly RecordError[]) {
    super(name, detail)
    this.recordErrors = recordErrors
  }
}
