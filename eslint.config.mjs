import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.cache/', '.nx/', '.exchange/', 'libs/contracts/src/gen/', 'libs/contracts/src/index.ts'] },
  { files: ['**/*.mjs'], extends: [tseslint.configs.recommended] },
  {
    files: ['libs/**/*.ts', 'services/**/*.ts', 'deploy/**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.base.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An interface that says Promise is often kept by code that has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['services/console/web/*.ts'],
    languageOptions: { parserOptions: { project: './services/console/web/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
  },
  { files: ['services/exchange/src/**/*.ts', '**/bench/**/*.ts'], rules: { 'no-console': 'off' } },
);
