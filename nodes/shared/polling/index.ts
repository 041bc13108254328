export { PollRunner, pollRunner, type PollResult, type PollTurn } from './poll-runner';
export {
	emittedFor,
	fingerprint,
	furthest,
	markOf,
	readMark,
	record,
	settle,
	startAt,
	textOfAny,
	type Progress,
} from './progress';
