import type { IDataObject } from 'n8n-workflow';
import type { NodeOutcome, NodeRun } from '../engine';
import type { Effect } from './effect';
import type { Passage, PartnerAnswer, SeenRequest } from './front';

export type ServiceName = 'exapi' | 'clientRight' | 'elektrik';

/**
 * What an operation does at the partner's, which decides what may be sent again: a read may; an
 * upsert finds what the first one made; a write would make a second one.
 */
export type Kind = 'read' | 'upsert' | 'write';

/** An operation of a node, as the matrix runs it. */
export interface Subject {
	/** Column of the table. */
	title: string;
	kind: Kind;
	/** `order.create` for example. */
	operation: string;
	parameters: IDataObject;
	options?: IDataObject;
	/** Which of the node's requests the faults are meant for. */
	isMeant(request: SeenRequest): boolean;
	/** Whether it asks the partner after a lost answer, and may so find what it wrote. */
	asksAfterLoss?: boolean;
	/** The requests meant go ahead of the operation's own, which is not sent without their answer. */
	struckBefore?: boolean;
	/** Where a fault, by its title, has another effect than on others. */
	effects?: Readonly<Record<string, Effect>>;
	/** Largest answer that it reads; 16 by default. */
	maxMegabytes?: number;
	/** What of its output differs from run to run, such as the time at which a record was made. */
	varies?: RegExp;
	/** Its output holds a secret, as it is meant to. */
	showsSecrets?: boolean;
	/** Titles of faults that cannot befall it. */
	spared?: readonly string[];
}

/** A partner of its own for one cell, its state as it was created. */
export interface Partner {
	/** Where it listens, `http://127.0.0.1:port`. */
	url: string;
	/** Runs an operation through the front at `frontUrl`. */
	run(subject: Subject, frontUrl: string, more: RunMore): Promise<NodeOutcome>;
	/** Any request that makes the partner known to this process, as one that accepts us. */
	warmUp(frontUrl: string, more: RunMore): Promise<void>;
	/** How many records there are of what the operation sends. */
	held(): number;
	/** How often the partner was asked to make that record. */
	received(): number;
	stop(): Promise<void>;
}

export type RunMore = Pick<Partial<NodeRun>, 'settings' | 'stop'> & {
	options?: IDataObject;
	allowUnauthorizedCerts?: boolean;
};

/** What a script may write otherwise, and mean the same by. */
export type Rewriting = 'emptyError' | 'longNumber' | 'orderNumber';

/** A service with its operations. */
export interface Service {
	name: ServiceName;
	/** Heading of its part of the document. */
	title: string;
	subjects: readonly Subject[];
	/** Operations that send nothing, and so meet no fault. */
	local: readonly string[];
	/** Operations that the sandbox's system does not have: their faults are tested with scripted answers. */
	elsewhere?: readonly string[];
	/** What the wire calls the operations: one text stands for those that differ by them only. */
	wireNames?: readonly string[];
	/** What the partner keeps of a write, in the singular: an order. */
	record: string;
	startPartner(subject: Subject): Promise<Partner>;
	/** What nobody may read, out of the credential and what went over the wire. */
	secretsIn(passages: readonly Passage[]): string[];
	/** The answer as if to another request. */
	otherAnswer(answer: PartnerAnswer, request: SeenRequest): Buffer;
	/** The answer signed with another secret; absent where nothing is signed. */
	wrongSignature?(answer: PartnerAnswer): Buffer;
	/** The answer written as another script may write the same, signed; absent where nothing is signed. */
	rewritten?: Readonly<Record<Rewriting, (answer: PartnerAnswer) => Buffer>>;
}

/** What came of one cell. */
export interface Observation {
	works: boolean;
	/** n8n's status of the execution. */
	status: string;
	/** What the user reads. */
	message: string;
	description: string;
	/** The item that the error names. */
	itemIndex: unknown;
	hints: readonly string[];
	/** Of the items' json, as text, the front's address left out. */
	output: string;
	/** Requests of the operation that left n8n. */
	sent: number;
	/** Of these, how many the partner got. */
	received: number;
	held: number;
	/** Requests that came to another host than the partner's. */
	strayed: number;
	/** Bytes that went out of an answer without end. */
	poured: number;
	/** Where a secret was found. */
	leaks: readonly string[];
	milliseconds: number;
}
