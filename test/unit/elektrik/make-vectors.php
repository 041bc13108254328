<?php

declare(strict_types=1);

/*
 * Writes golden vectors of the portal's phone hashes and JSON messages, made with PHP's own md5 and
 * json_encode: php make-vectors.php > ../../vectors/elektrik-messages.json
 *
 * All phones and uids in them are invented.
 */

$uids = [
	'uid' => '5f0e1d2c3b4a59687786950413223140',
	'uid in capitals' => 'ABCDEF0123456789ABCDEF0123456789',
	'uid of another form' => 'выдуманный-uid / 1',
];

$hashes = [];
foreach ($uids as $name => $uid) {
	for ($i = 0; $i < 20; $i++) {
		$phone = '7' . str_pad((string) (9000000000 + $i * 49382716), 10, '0', STR_PAD_LEFT);
		$hashes[] = ['name' => "$name $i", 'phone' => $phone, 'uid' => $uid, 'hash' => md5($phone . $uid)];
	}
}

$hash = md5('79000000001' . $uids['uid']);
$flags = ['default flags' => 0, 'pretty' => JSON_PRETTY_PRINT, 'unescaped' => JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES];
$messages = [];
foreach ($flags as $name => $flag) {
	$messages[] = [
		'name' => $name,
		'hash' => $hash,
		'uid' => $uids['uid'],
		'check' => json_encode(['action' => 'user.check', 'phone' => $hash], $flag),
		'known' => json_encode(['exist' => true, 'points' => 99], $flag),
		'unknown' => json_encode(['exist' => false], $flag),
		'update' => json_encode(['action' => 'user.update.points', 'phone' => $hash, 'points' => 99, 'uid' => $uids['uid']], $flag),
		'accepted' => json_encode(['success' => true, 'result' => true], $flag),
		'uidRefused' => json_encode(['success' => true, 'result' => false, 'error' => 'UID incorrect'], $flag),
		'phoneRefused' => json_encode(['success' => true, 'result' => false, 'error' => 'Phone hash incorrect'], $flag),
	];
}

echo json_encode(compact('hashes', 'messages'), JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR), "\n";
