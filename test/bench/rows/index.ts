import type { Row } from '../row';
import { phoneHash } from './row-08-phone-hash';
import { userFind } from './row-09-user-find';
import { statusAnswer } from './row-10-status-answer';
import { packageStart } from './row-12-package-start';

/** All rows, in the order of the table. */
export const ROWS: readonly Row[] = [phoneHash, userFind, statusAnswer, packageStart];
