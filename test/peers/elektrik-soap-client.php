<?php

declare(strict_types=1);

/*
 * The portal's SOAP client, PHP's own: it knows nothing but the address of a WSDL.
 *
 * Argument: that address. Standard input: JSON {phones: [...], arParameters?: bool, version?: "1.1"}.
 * Standard output: a JSON list, for each phone {exist, points} by PHP's types or {fault, reason}.
 */

$asked = json_decode((string) stream_get_contents(STDIN), true);
$options = [
	'soap_version' => ($asked['version'] ?? '1.2') === '1.1' ? SOAP_1_1 : SOAP_1_2,
	'cache_wsdl' => WSDL_CACHE_NONE,
	'exceptions' => true,
	'connection_timeout' => 30,
];
try {
	$client = new SoapClient($argv[1], $options);
} catch (SoapFault $fault) {
	fwrite(STDERR, $fault->getMessage());
	exit(1);
}
$outcomes = [];
foreach ($asked['phones'] as $phone) {
	$arParameters = ['phone' => $phone];
	try {
		$answer = $client->CheckUser(
			($asked['arParameters'] ?? false) ? ['arParameters' => $arParameters] : $arParameters,
		);
		$result = $answer->CheckUserResult;
		$outcomes[] = ['exist' => $result->exist, 'points' => $result->points];
	} catch (SoapFault $fault) {
		$outcomes[] = ['fault' => $fault->faultcode, 'reason' => $fault->getMessage()];
	}
}
echo json_encode($outcomes);
