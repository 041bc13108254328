export { chosenOrder } from './order';
export { REDIS_CREDENTIAL, redisFor, type RedisCredential, type Warn } from './connection';
