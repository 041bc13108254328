export {
	takeOver,
	type Answer,
	type Outcome,
	type Reply,
	type ReplyOptions,
	type Written,
} from './reply';
