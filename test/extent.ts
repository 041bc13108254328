/** `npm test`, which is to take four minutes; without the variable everything runs. */
export const QUICK = process.env.PARTNER_EXCHANGE_QUICK === '1';

/** A test that waits or computes for long and has a quicker one beside it: `npm run test:all` runs it. */
export const thorough = QUICK ? it.skip : it;
