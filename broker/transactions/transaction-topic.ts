/** The topic that transactional ids are kept in. */
export const TRANSACTIONS_TOPIC = '__transaction_state'
