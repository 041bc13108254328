import type { CrmState } from './crm-state';
import type { Operation } from './operations';
import { webserviceError } from './webservice-error';

/** vtiger's own operations around a session, and one that is called by GET within it. */
export function loginOperations(state: CrmState): Operation[] {
	return [
		{
			name: 'getchallenge',
			httpMethod: 'GET',
			beforeLogin: true,
			run(call) {
				const challenge = state.authentication.challenge(call.parameter('username'));
				state.figures.countLogin('challenges');
				return challenge;
			},
		},
		{
			name: 'login',
			httpMethod: 'POST',
			beforeLogin: true,
			run: (call) => logIn(state, call.parameter('username'), call.parameter('accessKey')),
		},
		{
			name: 'logout',
			httpMethod: 'POST',
			run(call) {
				if (call.parameter('operation') === '') throw webserviceError('OPERATION_NOT_SUPPORTED');
				// It changes PHP's settings in the middle of a session, which PHP 7.2 and later forbids.
				if (!state.quirks.workingLogout) throw webserviceError('INTERNAL_SERVER_ERROR');
				call.endSession();
				return { message: 'successfull' };
			},
		},
		{
			name: 'extendsession',
			httpMethod: 'POST',
			beforeLogin: true,
			run() {
				// It extends sessions of the web pages, of which the sandbox has none.
				throw webserviceError('AUTHENTICATION_FAILURE');
			},
		},
		{
			name: 'listtypes',
			httpMethod: 'GET',
			run: () => TYPES,
		},
	];
}

const TYPES = {
	types: ['Accounts', 'Contacts', 'Project'],
	information: {
		Accounts: { isEntity: true, label: 'Accounts', singular: 'Account' },
		Contacts: { isEntity: true, label: 'Contacts', singular: 'Contact' },
		Project: { isEntity: true, label: 'Projects', singular: 'Project' },
	},
};

function logIn(state: CrmState, username: string, answer: string): unknown {
	const { authentication, sessions, figures, quirks } = state;
	const user = authentication.logIn(username, answer);
	figures.countLogin('logins');
	const { name } = sessions.open(user.username, user.userId);
	return {
		...(quirks.loginAnswer === 'sessionId' ? {} : { sessionName: name }),
		...(quirks.loginAnswer === 'sessionName' ? {} : { sessionId: name }),
		userId: user.userId,
		version: '0.22',
		vtigerVersion: '7.2.0-202008',
	};
}
