import { properties } from '../../nodes/ClientRight/actions/router';
import { CLIENT_RIGHT } from './faults/clientright-service';
import { describeFaults } from './faults/suite';

describeFaults(CLIENT_RIGHT, properties);
