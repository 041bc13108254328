<?php

declare(strict_types=1);

/*
 * What a CRM in PHP prints: php exapi-habits.php answer SENDER SECRET
 * How PHP puts numbers of JSON together with text: php exapi-habits.php texts JSON...
 */

ini_set('display_errors', '1');
ini_set('html_errors', '1');

[, $what] = $argv;
if ($what === 'texts') {
	$texts = array_map(fn (string $json) => 'x' . json_decode($json), array_slice($argv, 2));
	echo json_encode($texts);
	exit;
}

[, , $sender, $secret] = $argv;
register_shutdown_function(static function (): void {
	trigger_error('Undefined index: {"sign"');
});
trigger_error('Undefined variable "answer": {');
$zone = new DateTimeZone('Asia/Yekaterinburg');
$answer = json_encode([
	'result' => [[
		'number' => 9007199254740993,
		'date' => new DateTime('2026-03-01 10:00:00', $zone),
		'approveDate' => new DateTime('2026-03-01 10:00:00 MSK'),
		'deliveryDate' => new DateTime('2026-03-02', $zone),
		'goodItems' => [],
	], [
		'number' => '2',
		'date' => strtotime('2026-03-01 10:00:00 UTC'),
		'approveDate' => new DateTime('0000-00-00 00:00:00'),
		'deliveryDate' => new DateTime('2026-03-02 12:00:00 +05:00'),
	]],
	'error' => [],
	'id' => PHP_INT_MAX,
]);
echo json_encode(['sign' => md5($answer . $sender . $secret), 'answer' => $answer]);
