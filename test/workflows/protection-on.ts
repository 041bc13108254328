// Imported before n8n's engine, which reads its settings when it is loaded.
process.env.N8N_SSRF_PROTECTION_ENABLED = 'true';
