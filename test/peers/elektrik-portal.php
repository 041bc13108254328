<?php

declare(strict_types=1);

/*
 * The portal, in plain PHP: php -S 127.0.0.1:PORT elektrik-portal.php
 *
 * Environment: ELEKTRIK_STATE (path of a file for the points, made when missing), ELEKTRIK_UID,
 * ELEKTRIK_PHONES (phones of its electricians, with commas).
 *
 * Any path takes updates of points as JSON; /control shows the state.
 */

ini_set('display_errors', '0');

if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) === '/control') {
	answer(withState(static fn (array $state): array => $state));
} else {
	answer(integration(json_decode((string) file_get_contents('php://input'), true)));
}

/** docs/protocols/elektrik.md, 3.2 and 3.3: one update in, one answer out. */
function integration(mixed $message): array
{
	if (!is_array($message) || ($message['action'] ?? null) !== 'user.update.points') {
		return ['success' => false, 'error' => 'Action incorrect'];
	}
	$uid = (string) getenv('ELEKTRIK_UID');
	if (($message['uid'] ?? null) !== $uid) {
		return ['success' => true, 'result' => false, 'error' => 'UID incorrect'];
	}
	$phone = phoneOf($message['phone'] ?? null, $uid);
	if ($phone === null) {
		return ['success' => true, 'result' => false, 'error' => 'Phone hash incorrect'];
	}
	withState(static function (array &$state) use ($phone, $message): void {
		$state['points'][$phone] = $message['points'];
		$state['received'][] = ['phone' => $phone, 'points' => $message['points']];
	});
	return ['success' => true, 'result' => true];
}

function phoneOf(mixed $hash, string $uid): ?string
{
	foreach (explode(',', (string) getenv('ELEKTRIK_PHONES')) as $phone) {
		if (is_string($hash) && hash_equals(md5($phone . $uid), $hash)) {
			return $phone;
		}
	}
	return null;
}

/** Runs with the state locked, and keeps what became of it. */
function withState(callable $work): mixed
{
	$file = fopen((string) getenv('ELEKTRIK_STATE'), 'c+');
	flock($file, LOCK_EX);
	$state = json_decode((string) stream_get_contents($file), true)
		?? ['points' => [], 'received' => []];
	$result = $work($state);
	ftruncate($file, 0);
	rewind($file);
	fwrite($file, json_encode($state));
	fclose($file);
	return $result;
}

function answer(array $answer): void
{
	header('Content-Type: application/json');
	echo json_encode($answer);
}
