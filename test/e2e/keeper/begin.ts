import { serveKeeper } from './serve';

/** Jest's globalSetup of the suites with a real n8n. It reads no TypeScript that is imported later. */
export default serveKeeper;
