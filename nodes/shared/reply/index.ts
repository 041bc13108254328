export {
	ignoreLaterWrites,
	takeOver,
	type Answer,
	type Outcome,
	type Reply,
	type ReplyOptions,
} from './reply';
