<?php

declare(strict_types=1);

/*
 * A CRM that speaks exapi, in plain PHP: php -S 127.0.0.1:PORT exapi-crm.php
 *
 * Environment: EXAPI_STATE (path of a file for the orders, made when missing), EXAPI_SENDER,
 * EXAPI_SECRET, EXAPI_TIME_ZONE (default Europe/Moscow).
 *
 * Any path takes signed messages. /control is the CRM operator's side, plain JSON: GET shows the
 * state, POST {number, status?, comment?, call?, details?} changes an order.
 */

const APPROVED = ['confirmed', 'paid', 'delivered', 'return'];

ini_set('display_errors', '0');
date_default_timezone_set(getenv('EXAPI_TIME_ZONE') ?: 'Europe/Moscow');

if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) === '/control') {
	control();
} else {
	exchange();
}

/** One signed message in, one signed answer out; not a byte for anybody else. */
function exchange(): void
{
	$sender = (string) getenv('EXAPI_SENDER');
	$secret = (string) getenv('EXAPI_SECRET');
	$message = json_decode((string) file_get_contents('php://input'));
	if (!is_object($message) || !isSigned($message, $sender, $secret)) {
		// php -S makes an empty HTTP 200 of this: one of the two ways of refusing.
		header_remove();
		exit;
	}
	[$result, $error] = perform(json_decode($message->request, true));
	// Servers read the id here, where requests never have one: null (docs/protocols/exapi.md, 4.3).
	$answer = json_encode(['result' => $result, 'error' => $error, 'id' => $message->id ?? null]);
	header('Content-Type: application/json');
	echo json_encode(['sign' => md5($answer . $sender . $secret), 'answer' => $answer]);
}

function isSigned(object $message, string $sender, string $secret): bool
{
	$request = $message->request ?? null;
	$sign = $message->sign ?? null;
	return $secret !== ''
		&& ($message->sender ?? null) === $sender
		&& is_string($request)
		&& is_string($sign)
		&& hash_equals(md5($request . $sender . $secret), $sign);
}

/** @return array{mixed, ?string} result and error */
function perform(mixed $request): array
{
	$params = is_array($request) ? $request['params'] ?? null : null;
	if (!is_array($params)) {
		return [null, 'Bad request'];
	}
	$method = $request['method'] ?? '';
	$methods = [
		'addOrder' => addOrder(...),
		'getOrderStatus' => getOrderStatus(...),
		'getOrderStatusR' => getOrderStatusR(...),
		'getOrders' => getOrders(...),
	];
	if (!is_string($method) || !isset($methods[$method])) {
		return [null, 'Method not found'];
	}
	return withState(static function (array &$state) use ($methods, $method, $params): array {
		$state['received'][] = $method;
		try {
			return [$methods[$method]($state, array_values($params)), null];
		} catch (InvalidArgumentException $refusal) {
			return [null, $refusal->getMessage()];
		}
	});
}

function addOrder(array &$state, array $params): int|false
{
	$order = $params[0] ?? null;
	$number = is_array($order) ? (string) ($order['order_id'] ?? '') : '';
	if ($number === '' || find($state, $number) !== null) {
		return false;
	}
	$revision = ++$state['rev'];
	$state['orders'][] = [
		'id' => (string) (5000 + count($state['orders'])),
		'nmb' => $number,
		'status' => 'pending',
		'comment' => '',
		'call_comment' => '',
		// Columns of a MySQL table come back as text.
		'add_rev' => (string) $revision,
		'upd_rev' => (string) $revision,
		'call_log' => [],
		'created' => date('Y-m-d H:i:s'),
		'approved' => null,
		'fields' => $order,
		'details' => [],
	];
	return (int) $state['orders'][count($state['orders']) - 1]['id'];
}

function getOrderStatus(array &$state, array $params): array
{
	$numbers = $params[0] ?? null;
	if (!is_array($numbers)) {
		throw new InvalidArgumentException('A list of order numbers is expected');
	}
	$orders = array_map(fn ($number) => find($state, (string) $number), $numbers);
	// array_filter keeps the keys: unknown orders leave gaps, and json_encode makes an object.
	return answerStatuses($state, array_filter($orders), (int) ($params[1] ?? 0));
}

function getOrderStatusR(array &$state, array $params): array
{
	$from = (int) ($params[0] ?? 0);
	$changed = array_filter($state['orders'], fn (array $order) => (int) $order['upd_rev'] > $from);
	return answerStatuses($state, array_values($changed), (int) ($params[1] ?? 1));
}

function answerStatuses(array $state, array $orders, int $asObjects): array
{
	$statuses = array_map(
		fn (array $order) => [
			'nmb' => $order['nmb'],
			'status' => $order['status'],
			'call_cnt' => (string) count($order['call_log']),
			'comment' => $order['comment'],
			'call_comment' => $order['call_comment'],
			'add_rev' => $order['add_rev'],
			'upd_rev' => $order['upd_rev'],
			'call_log' => $order['call_log'],
		],
		$orders,
	);
	return $asObjects
		? ['rev' => (string) $state['rev'], 'orders' => $statuses]
		: array_map(array_values(...), $statuses);
}

function getOrders(array &$state, array $params): array
{
	$since = is_string($params[0] ?? null) ? date_create($params[0]) : false;
	if ($since === false) {
		throw new InvalidArgumentException('A date is expected');
	}
	$approved = array_filter(
		$state['orders'],
		fn (array $order) => in_array($order['status'], APPROVED, true)
			&& date_create($order['approved']) >= $since,
	);
	return array_map(toPartnerOrder(...), array_values($approved));
}

function toPartnerOrder(array $order): array
{
	$fields = $order['fields'];
	return array_merge([
		'number' => $order['nmb'],
		'date' => $order['created'],
		'fio' => $fields['fio'] ?? '',
		'phone1' => $fields['phone'] ?? '',
		'phone2' => '',
		'zipCode' => '',
		'city' => $fields['address'] ?? '',
		'street' => '',
		'house' => '',
		'flat' => '',
		'deliveryCost' => '390',
		'deliveryDate' => null,
		'deliveryStime' => null,
		'deliveryEtime' => null,
		'approveDate' => $order['approved'],
		'goodItems' => [[
			'goodName' => $fields['good_id'] ?? '',
			'goodArticle' => $fields['good_id'] ?? '',
			'price' => '1590',
			'quantity' => (string) ($fields['kolvo'] ?? 1),
		]],
	], $order['details']);
}

/** The place of an order in the state, or null. */
function indexOf(array $state, string $number): ?int
{
	$index = array_search($number, array_column($state['orders'], 'nmb'), true);
	return $index === false ? null : $index;
}

function find(array $state, string $number): ?array
{
	$index = indexOf($state, $number);
	return $index === null ? null : $state['orders'][$index];
}

function control(): void
{
	header('Content-Type: application/json');
	if ($_SERVER['REQUEST_METHOD'] === 'GET') {
		echo json_encode(withState(fn (array &$state) => $state));
		return;
	}
	$change = json_decode((string) file_get_contents('php://input'), true);
	$order = withState(fn (array &$state) => changeOrder($state, (array) $change));
	http_response_code($order === null ? 404 : 200);
	echo json_encode($order);
}

function changeOrder(array &$state, array $change): ?array
{
	$index = indexOf($state, (string) ($change['number'] ?? ''));
	if ($index === null) {
		return null;
	}
	$order = &$state['orders'][$index];
	$order['comment'] = $change['comment'] ?? $order['comment'];
	$order['details'] = array_merge($order['details'], $change['details'] ?? []);
	if (isset($change['call'])) {
		$order['call_log'][] = $change['call'] + [
			'date' => date('Y-m-d H:i:s'),
			'state' => '1',
			'recall' => null,
			'comment' => '',
		];
		$order['call_comment'] = $change['call']['comment'] ?? $order['call_comment'];
	}
	if (isset($change['status'])) {
		$order['status'] = $change['status'];
		if (in_array($order['status'], APPROVED, true)) {
			$order['approved'] ??= date('Y-m-d H:i:s');
		}
	}
	$order['upd_rev'] = (string) ++$state['rev'];
	return $order;
}

/**
 * Runs a function on the state under a lock: php -S forgets everything between requests, and with
 * PHP_CLI_SERVER_WORKERS several requests run at once.
 */
function withState(callable $use): mixed
{
	$file = fopen((string) getenv('EXAPI_STATE'), 'c+');
	flock($file, LOCK_EX);
	$state = json_decode((string) stream_get_contents($file), true)
		?? ['rev' => 0, 'orders' => [], 'received' => []];
	$result = $use($state);
	rewind($file);
	ftruncate($file, 0);
	fwrite($file, json_encode($state));
	fclose($file);
	return $result;
}
