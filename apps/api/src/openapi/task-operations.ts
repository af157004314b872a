import { query, type Operations } from './operation.js';

const LIST_PARAMETERS = [
  query('limit', 'tasks a page; at most `api_limit_max`', { type: 'integer' }),
  query('marker', 'id of the last task of the page before'),
  query('sort_key', 'created_at (default), updated_at, expires_at, id, type, status, owner, image_id, request_id or user_id'),
  query('sort_dir', '`asc` or `desc` (default)'),
  query('status', 'pending, processing, success or failure'),
  query('type', 'import'),
];

export const TASK_OPERATIONS: Operations = {
  'POST /tasks': {
    summary: 'Create an image from the data at a URI, by a job', status: 201, answer: 'task',
    body: {
      schema: {
        type: 'object', required: ['type', 'input'],
        properties: {
          type: { type: 'string', enum: ['import'] },
          input: { type: 'object', properties: { import_from: { type: 'string' }, import_from_format: { type: 'string' }, image_properties: { type: 'object' } } },
        },
      },
    },
  },
  'GET /tasks': { summary: 'List tasks, without what they were given and what came of it', parameters: LIST_PARAMETERS, status: 200, answer: 'tasks' },
  'GET /tasks/{task_id}': { summary: 'Show a task', status: 200, answer: 'task' },
  'GET /images/{image_id}/tasks': {
    summary: 'Tasks of an image, the oldest first', status: 200,
    answer: { type: 'object', properties: { tasks: { type: 'array', items: { type: 'object' } } } },
  },
};
