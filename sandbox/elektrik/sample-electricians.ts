import type { ElectricianSeed } from './electricians';

/** Invented electricians for a sandbox that a person looks at. No operator gives out such phones. */
export const SAMPLE_ELECTRICIANS: readonly ElectricianSeed[] = [
	{ phone: '70000000001', name: 'Образцов Пример', points: 120 },
	{ phone: '70000000002', name: 'Пробная Анна', points: 0 },
	{ phone: '70000000003', name: 'Тестов Тест', points: 45 },
];
