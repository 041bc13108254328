import { properties } from '../../nodes/Elektrik/actions/router';
import { ELEKTRIK } from './faults/elektrik-service';
import { describeFaults } from './faults/suite';

describeFaults(ELEKTRIK, properties);
