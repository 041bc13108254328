import { closeKeeper } from './serve';

/** Jest's globalTeardown of the suites with a real n8n. */
export default closeKeeper;
