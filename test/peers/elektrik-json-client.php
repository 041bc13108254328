<?php

declare(strict_types=1);

/*
 * The portal's checks by JSON, in plain PHP (docs/protocols/elektrik.md, 2.2).
 *
 * Argument: the distributor's address. Standard input: JSON {phones: [...]}.
 * Standard output: a JSON list, for each phone {status, answer: what json_decode made of the body}.
 */

$asked = json_decode((string) stream_get_contents(STDIN), true);
$outcomes = [];
foreach ($asked['phones'] as $phone) {
	$context = stream_context_create(['http' => [
		'method' => 'POST',
		'header' => 'Content-Type: application/json',
		'content' => json_encode(['action' => 'user.check', 'phone' => $phone]),
		'ignore_errors' => true,
		'timeout' => 60,
	]]);
	$body = file_get_contents($argv[1], false, $context);
	if ($body === false) {
		fwrite(STDERR, 'No answer');
		exit(1);
	}
	$status = (int) explode(' ', $http_response_header[0])[1];
	$outcomes[] = ['status' => $status, 'answer' => json_decode($body, true)];
}
echo json_encode($outcomes);
