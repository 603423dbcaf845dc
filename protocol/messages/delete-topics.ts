import { api, array, int16, int32, string, uuid } from '../schema/notation.ts'

/**
 * DeleteTopics deletes topics with all their records. Admin clients send it to the controller or any KRaft broker.
 *
 * - v2: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: TOPIC_DELETION_DISABLED in place of INVALID_REQUEST (KIP-322).
 * - v5: error messages, THROTTLING_QUOTA_EXCEEDED (KIP-599).
 * - v6: topics by id (KIP-516).
 *
 * Kafka 4 dropped v0.
 */
export const DeleteTopics = api({
  key: 20,
  name: 'DeleteTopics',
  versions: '0-6',
  flexible: '4+',
  request: {
    topics: array('6+', {
      /** Null: by id. */
      name: string('6+', { nullable: '6+', default: null }),
      /** All zeroes: by name. */
      topicId: uuid('6+'),
    }),
    topicNames: array('0-5', { ignorable: true }, string()),
    /** How long the answer may wait until the topics are gone. */
    timeoutMs: int32(),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    responses: array('0+', {
      /** Null: asked for by an id that isn't known or may not be described. */
      name: string('0+', { nullable: '6+' }),
      topicId: uuid('6+', { ignorable: true }),
      /**
       * UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, TOPIC_AUTHORIZATION_FAILED, TOPIC_DELETION_DISABLED
       * (delete.topic.enable=false), INVALID_REQUEST (a topic twice; name and id), THROTTLING_QUOTA_EXCEEDED,
       * REQUEST_TIMED_OUT, NOT_CONTROLLER.
       */
      errorCode: int16(),
      errorMessage: string('5+', { nullable: '5+', default: null, ignorable: true }),
    }),
  },
})
