<?php

// Tells what PHP reads of a form: its fields, and its files as they were stored.

header('Content-Type: application/json');
$files = [];
foreach ($_FILES as $part => $file) {
	$md5 = $file['error'] === UPLOAD_ERR_OK ? md5_file($file['tmp_name']) : null;
	$files[$part] = [
		'name' => $file['name'],
		'type' => $file['type'],
		'size' => $file['size'],
		'error' => $file['error'],
		'md5' => $md5,
	];
}
echo json_encode(['post' => $_POST, 'files' => $files], JSON_UNESCAPED_UNICODE);
