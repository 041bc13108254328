import { properties } from '../../nodes/Exapi/actions/router';
import { EXAPI } from './faults/exapi-service';
import { describeFaults } from './faults/suite';

describeFaults(EXAPI, properties);
