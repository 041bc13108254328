<?php
// A partner that follows docs/protocols/exapi.md: signs a request, checks the signature of the answer.
// Environment: EXAPI_URL, EXAPI_SENDER, EXAPI_SECRET. Arguments: method, parameters as JSON, id.
// Prints {"result", "error", "id"} of a properly signed answer; exit code 1 and a reason otherwise.

$sender = getenv('EXAPI_SENDER');
$secret = getenv('EXAPI_SECRET');

$request = json_encode([
	'method' => $argv[1],
	'params' => json_decode($argv[2], true),
	'id' => $argv[3],
]);
$message = json_encode([
	'sender' => $sender,
	'sign' => md5($request . $sender . $secret),
	'request' => $request,
]);

// No content type: curl then sends that of a form.
$curl = curl_init(getenv('EXAPI_URL'));
curl_setopt_array($curl, [
	CURLOPT_POST => true,
	CURLOPT_POSTFIELDS => $message,
	CURLOPT_RETURNTRANSFER => true,
	CURLOPT_TIMEOUT => 60,
]);
$body = curl_exec($curl);
if ($body === false || $body === '') {
	fwrite(STDERR, 'no answer: ' . curl_error($curl));
	exit(1);
}
$type = curl_getinfo($curl, CURLINFO_CONTENT_TYPE);
if (strpos((string) $type, 'application/json') !== 0) {
	fwrite(STDERR, "content type $type");
	exit(1);
}
$answer = json_decode($body);
if (!isset($answer->answer, $answer->sign)) {
	fwrite(STDERR, "not signed: $body");
	exit(1);
}
if (md5($answer->answer . $sender . $secret) !== $answer->sign) {
	fwrite(STDERR, 'wrong signature');
	exit(1);
}
echo json_encode(json_decode($answer->answer, true), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
