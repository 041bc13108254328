/** What the portal learns from a distributor. */
export interface CheckAnswer {
	/** `null`: the distributor did not say. */
	exist: boolean | null;
	/** `null` unless the user exists. */
	points: number | null;
	/** Why it is not known; `null` when it is. */
	error: string | null;
}

export function known(exist: boolean, points: number | null): CheckAnswer {
	return { exist, points, error: null };
}

export function notKnown(error: string): CheckAnswer {
	return { exist: null, points: null, error };
}
