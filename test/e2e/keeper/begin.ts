import { serveKeeper } from './serve';

/** Jest's globalSetup of the suites with a real n8n. */
export default serveKeeper;
