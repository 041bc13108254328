import { setTimeout as sleep } from 'node:timers/promises';
import { SAMPLE_WEB_FORMS, type ClientRightCrm } from '../../../sandbox/clientright';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { ANSWERED_OTHERWISE, COMPUTED, NOT_REPRODUCED, PARTS } from './vtiger-8.4-differences';
import { bodyOf, KEYS, RECORDING, Replay, type Exchange } from './vtiger-8.4-replay';

const MEBIBYTE = 1024 * 1024;
const OF_API = 'b5225ff6b094dd04c41e';
const CAPTCHA_FORM = {
	...SAMPLE_WEB_FORMS[0]!,
	publicId: '88bb6a2b9d8e4f70a1b2c3d4e5f60718',
	captcha: true,
};
/** The recorded rig's own operation: it says what arrived. */
const SLOW_ECHO = {
	name: 'SlowEcho',
	httpMethod: 'POST',
	run: (call: { parameter(name: string): string }) => ({
		text: call.parameter('text'),
		user: 'admin',
	}),
} as const;

let sandbox: Sandbox;
let crm: ClientRightCrm;
let replay: Replay;

beforeAll(async () => {
	sandbox = createSandbox({
		clientright: {
			users: { admin: KEYS.admin },
			webForms: [...SAMPLE_WEB_FORMS, CAPTCHA_FORM],
			operations: [SLOW_ECHO],
		},
	});
	crm = sandbox.clientright.crm;
	crm.setUser('admin', {
		accessKey: KEYS.admin,
		fields: {
			first_name: 'Системный',
			last_name: 'Администратор',
			hour_format: '12',
			userlabel: 'Системный Администратор',
		},
	});
	replay = new Replay((await sandbox.start()).clientright.url);
});

afterAll(() => sandbox.stop());

function recordedResult(name: string): unknown {
	const exchange = RECORDING.find((one) => one.name === name)!;
	return (JSON.parse(exchange.response.body) as { result: unknown }).result;
}

/** The file that a recorded answer gives. */
function recordedFile(name: string): { name: string; filename: string; base64: string } {
	const [file] = recordedResult(name) as [{ filename: string; filecontents: string }];
	return { name: 'filename', filename: file.filename, base64: file.filecontents };
}

const pdf = { contentType: 'application/pdf' };

/** What had happened to the recorded CRM before an exchange, and is not in the recording. */
const BEFORE: Readonly<Record<string, () => unknown>> = {
	'create.Contacts.zero-and-bool': () =>
		replay.make('12x3', 'Contacts', { lastname: 'О\'Хара "Кавычки" <b>&amp; & \\ слэш' }),
	'create.Calendar.ok': async () => {
		await replay.make('29x17', 'Project', {
			projectname: 'Возврат за тур',
			startdate: '2026-01-10',
			targetenddate: '2026-03-10',
			linktoaccountscontacts: '12x2',
			cf_agrprice: '20000.50',
		});
		await replay.make('17x20', 'HelpDesk', {
			ticket_title: 'Не пришёл договор',
			ticketstatus: 'Open',
			ticketpriorities: 'Normal',
			contact_id: '12x2',
		});
	},
	// No account has the number of this contact.
	'retrieve.wrong-prefix': () => replay.rename('11x2', replay.of('12x2').replace('12x', '11x')),
	'revise.null-field': async () => {
		const element = JSON.stringify({ id: '12x2', mailingstreet: '' });
		await replay.call('revise', { element });
	},
	'update.full.retrieve-after': async () => {
		// It comes behind the others where they are ordered by the time of their last change.
		await sleep(1100);
		const element = JSON.stringify({ id: '12x2', email: 'anna3@example.test' });
		await replay.call('revise', { element });
	},
	'query.columns': async () => {
		for (let lead = 0; lead < 5; lead++) {
			await replay.make(`10x${22 + lead}`, 'Leads', {
				lastname: `Лидов${lead}`,
				company: `Компания ${lead}`,
				email: `lead${lead}@example.test`,
			});
		}
	},
	'documents.retrieve': async () => {
		const element = JSON.stringify({
			notes_title: 'Договор',
			assigned_user_id: '19x1',
			filelocationtype: 'I',
			filestatus: 1,
		});
		const file = { ...recordedFile('documents.files_retrieve'), ...pdf };
		const made = await replay.call('create', { elementType: 'Documents', element }, { file });
		replay.rename('15x27', made.id);
		replay.rename('15x28', made.imageattachmentids ?? '');
	},
	'documents.retrieve_related': () =>
		replay.call('add_related', {
			sourceRecordId: '12x2',
			relatedRecordId: '15x27',
			relationIdLabel: 'Documents',
		}),
	'documents.replace-by-revise.files_retrieve-new': async () => {
		const file = { ...recordedFile('documents.replace-by-revise.files_retrieve-new'), ...pdf };
		const element = JSON.stringify({ id: '15x27' });
		const { imageattachmentids = '' } = await replay.call('revise', { element }, { file });
		replay.rename('15x48', imageattachmentids);
	},
	'CreateContact.again-blank-optional': async () => {
		const { id } = await replay.call('CreateContact', {
			firstname: 'Пётр',
			lastname: 'Пробный',
			mobile: '+7(900) 000-00-11',
			birthday: '1986-11-15',
			inn: '500100732259',
			email: 'petr@example.test',
		});
		replay.rename('12x49', `12x${id}`);
	},
	'storage.GET': () => {
		const { path } = crm.files().at(-1)!;
		crm.forbidFile(path);
		replay.rename(RECORDING.find(({ name }) => name === 'storage.GET')!.request.url.slice(1), path);
	},
	'documents.upload.over-upload_max_filesize': () =>
		crm.setSettings({ mostFileBytes: 20 * MEBIBYTE }),
	'api.getchallenge': () => {
		crm.setUser('api', {
			accessKey: KEYS.api,
			fields: { last_name: 'Обмен', is_admin: 'off', date_format: 'dd-mm-yyyy' },
		});
	},
	'api.retrieve.currency': () =>
		replay.make(
			'29x75',
			'Project',
			{
				projectname: 'Деньги',
				startdate: '2026-01-31',
				cf_agrprice: '20000.50',
				assigned_user_id: '19x5',
			},
			OF_API,
		),
	'update.other-fields-with-quotes.retrieve': async () => {
		const mailingstreet = 'ул. "Мира" & <Победы>';
		const cf_requisites = 'ООО «Ромашка» & Ко';
		const lastname = 'Кавычкин';
		await replay.make('12x128', 'Contacts', { lastname, mailingstreet, cf_requisites });
		await replay.make('12x129', 'Contacts', { lastname: 'Кавычкин2', mailingstreet });
	},
	'GetFilesList.html-entities-in-title': async () => {
		await replay.make('12x132', 'Contacts', {
			lastname: 'Сущностева',
			cf_inn: '500100732300',
			cf_smscode: '9999',
		});
		await replay.call('add_related', {
			sourceRecordId: '12x132',
			relatedRecordId: '15x130',
			relationIdLabel: 'Documents',
		});
	},
	'query.130-records.no-limit': async () => {
		await replay.make('10x86', 'Leads', { lastname: 'Прочий', company: 'Я' });
		for (let lead = 133; lead <= 255; lead++) {
			const lastname = `Много${String(lead - 126).padStart(3, '0')}`;
			await replay.make(`10x${lead}`, 'Leads', { lastname, company: 'x' });
		}
	},
	// A page begins behind it, and it is no lead.
	'query.130-records.keyset-2': () => replay.rename('10x60', replay.of('10x26')),
	'documents.replace-by-revise.id-only': () => {
		const document = crm
			.recordsOf('Documents')
			.find(({ fields }) => fields.notes_title === 'подтверждение оплаты');
		replay.rename('15x60', `15x${document!.id}`);
	},
	'query.changed-since.keyset': () => {
		const lead = crm.recordsOf('Leads').find(({ fields }) => fields.lastname === 'Лидов1')!;
		replay.rename('2026-11-27 09:30:12', lead.createdAt.slice(0, 19).replace('T', ' '));
	},
	'query.not-by-me': () =>
		replay.make('10x258', 'Leads', { lastname: 'Чужой', company: 'Я' }, OF_API),
};

const isReplayed = ({ name }: Exchange) => !Object.hasOwn(NOT_REPRODUCED, name);

/** The recorded answer, as far as the sandbox is to give it. */
function expectedBody({ name, response }: Exchange): unknown {
	const body = ANSWERED_OTHERWISE[name] ?? bodyOf(response.body);
	return (COMPUTED[name] ?? []).reduce(without, body);
}

function without(body: unknown, field: string): unknown {
	const { result, ...rest } = body as { result: object };
	return { ...rest, result: { ...result, [field]: 'computed' } };
}

/** What of a recorded value is in another, at whatever depth: lists by name, objects by key. */
function partOf(recorded: unknown, other: unknown): unknown {
	if (Array.isArray(recorded) && Array.isArray(other)) {
		return other.map((one: unknown) => {
			const same = recorded.find((entry: unknown) => nameOf(entry) === nameOf(one)) as unknown;
			return partOf(same, one);
		});
	}
	if (!isObject(recorded) || !isObject(other)) return recorded;
	return Object.fromEntries(
		Object.keys(other).map((key) => [key, partOf(recorded[key], other[key])]),
	);
}

function nameOf(entry: unknown): unknown {
	return isObject(entry) ? (entry.name ?? entry.id ?? entry.value) : entry;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('a recorded vtiger 8.4 and the sandbox answer alike', () => {
	it.each(RECORDING.filter(isReplayed).map((exchange) => [exchange.name, exchange] as const))(
		'%s',
		async (name, exchange) => {
			await BEFORE[name]?.();
			const answer = await replay.send(exchange);
			const text = await answer.text();
			replay.learn(bodyOf(exchange.response.body, false), text);
			const seen = replay.seen(answer, text);

			const { response } = exchange;
			const whole = expectedBody(exchange);
			expect({ ...seen, body: (COMPUTED[name] ?? []).reduce(without, seen.body) }).toEqual({
				status: Number(response.status.split(' ')[1]),
				contentType: response.contentType,
				location: response.location ?? null,
				body: Object.hasOwn(PARTS, name) ? partOf(whole, seen.body) : whole,
			});
			// Its encoder escapes neither slashes nor Cyrillic.
			expect(text).not.toMatch(/\\\/|\\u/);
		},
	);
});

it('leaves no exchange out without a reason', () => {
	const names = RECORDING.map(({ name }) => name);
	const stated = [NOT_REPRODUCED, PARTS, ANSWERED_OTHERWISE, COMPUTED, BEFORE].flatMap(Object.keys);

	expect(RECORDING).toHaveLength(200);
	expect(names).toEqual(expect.arrayContaining(stated));
	expect(RECORDING.filter(isReplayed)).toHaveLength(200 - Object.keys(NOT_REPRODUCED).length);
});
