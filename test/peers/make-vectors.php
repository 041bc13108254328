<?php

declare(strict_types=1);

/*
 * Writes golden vectors of exapi's signature, made with PHP's own json_encode and md5:
 * php make-vectors.php > ../vectors/exapi-signing.json
 *
 * Each: {name, sender, secret, message, sign, body}. `message` is the JSON text that is signed,
 * `body` the whole HTTP body around it. Everything in them is invented.
 */

ini_set('serialize_precision', '-1');

$senders = [
	'plain' => ['partner-one', 'invented secret 1'],
	'Cyrillic' => ['партнёр-два', 'выдуманный/секрет "2" 🔑'],
];

$values = [
	'ASCII' => ['order_id' => 'order 1', 'good_id' => 'good 1', 'comment' => 'bla bla'],
	'Cyrillic' => ['order_id' => 'заказ-1', 'fio' => 'Образцов Пример Примерович', 'address' => 'ул. Пробная, д. 1Ё'],
	'slashes' => ['comment' => 'https://example.test/a/b?c=/d', 'path' => '\\\\server\\share', 'both' => '/\\/\\'],
	'emoji' => ['comment' => 'Спасибо 👍🏽 👨‍👩‍👧 🇷🇺', 'accents' => "e\u{301} é"],
	'quotes' => ['comment' => "\"double\" 'single' «ёлочки» `back` <b>&amp;</b>"],
	'control characters' => ['comment' => "tab\t line\n return\r bell\x07 null\0 escape\x1b delete\x7f \x08\x0c"],
	'line separators' => ['comment' => "a\u{2028}b\u{2029}c\u{feff}d\u{a0}e"],
	'nested arrays' => ['list' => [[1, [2, [3, []]]], ['a' => ['b' => ['c' => null]]]], 'gaps' => [0 => 'a', 2 => 'c']],
	'long integers' => ['order_id' => PHP_INT_MAX, 'least' => PHP_INT_MIN, 'beyond 2^53' => 9007199254740993],
	'floats' => ['price' => 1590.5, 'third' => 1 / 3, 'sum' => 0.1 + 0.2, 'whole' => 10.0, 'great' => 1.0e25, 'small' => 1.0e-7],
	'scalars' => ['true' => true, 'false' => false, 'null' => null, 'zero' => '0', 'empty' => ''],
	'empty object' => new stdClass(),
	'invented phones' => ['phone' => '+70000000001', 'phone2' => '8 (000) 000-00-02'],
];

$flags = [
	'default flags' => 0,
	'unescaped' => JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES,
];

$vectors = [];
foreach ($flags as $flagsName => $flag) {
	foreach ($senders as $senderName => [$sender, $secret]) {
		foreach ($values as $valueName => $value) {
			$title = "$valueName, $senderName sender, $flagsName";
			$request = ['method' => 'addOrder', 'params' => [$value], 'id' => '1767225600123'];
			$vectors[] = request("request: $title", $request, $sender, $secret, $flag);
			$answer = ['result' => $value, 'error' => null, 'id' => '1767225600123'];
			$vectors[] = answer("answer: $title", $answer, $sender, $secret, $flag);
		}
	}
	[$sender, $secret] = $senders['plain'];
	foreach (['empty id' => '', 'null id' => null, 'id as a number' => 1767225600123] as $idName => $id) {
		$request = ['method' => 'getOrderStatus', 'params' => [['order 1'], 1], 'id' => $id];
		$vectors[] = request("request: $idName, $flagsName", $request, $sender, $secret, $flag);
		$answer = ['result' => 1001, 'error' => null, 'id' => $id];
		$vectors[] = answer("answer: $idName, $flagsName", $answer, $sender, $secret, $flag);
	}
	foreach (['result false' => [false, null], 'error text' => [null, 'Нет такого товара / №1']] as $name => [$result, $error]) {
		$answer = ['result' => $result, 'error' => $error, 'id' => null];
		$vectors[] = answer("answer: $name, $flagsName", $answer, $sender, $secret, $flag);
	}
}

echo json_encode($vectors, JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";

function request(string $name, array $request, string $sender, string $secret, int $flag): array
{
	$message = json_encode($request, $flag | JSON_THROW_ON_ERROR);
	$sign = md5($message . $sender . $secret);
	$body = ['sender' => $sender, 'sign' => $sign, 'request' => $message];
	return vector($name, $sender, $secret, $message, $sign, json_encode($body, $flag));
}

function answer(string $name, array $answer, string $sender, string $secret, int $flag): array
{
	$message = json_encode($answer, $flag | JSON_THROW_ON_ERROR);
	$sign = md5($message . $sender . $secret);
	$body = ['sign' => $sign, 'answer' => $message];
	return vector($name, $sender, $secret, $message, $sign, json_encode($body, $flag));
}

function vector(
	string $name,
	string $sender,
	string $secret,
	string $message,
	string $sign,
	string $body,
): array {
	return compact('name', 'sender', 'secret', 'message', 'sign', 'body');
}
