// Validates a Compose file (the argument) with the schema of the Compose specification, and prints it as JSON.
import { readFileSync } from 'node:fs'
import Ajv from 'ajv'
import { parse } from 'yaml'

const { $schema, ...schema } = JSON.parse(
  readFileSync(new URL('node_modules/dclint/schemas/compose.schema.json', import.meta.url), 'utf8'),
)
const ajv = new Ajv({ allErrors: true, strict: false })

const file = parse(readFileSync(process.argv[2], 'utf8'))
if (!ajv.validate(schema, file)) {
  console.error(ajv.errorsText(ajv.errors, { separator: '\n' }))
  process.exit(1)
}
console.log(JSON.stringify(file))
