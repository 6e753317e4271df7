import { applyDecorators, Controller } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from './problem.dto';

/** A controller under `/api/<path>`, documented as one tag, whose failures are all `ProblemDto`. */
export const AdminController = (path: string, tag = path): ClassDecorator =>
  applyDecorators(
    Controller(`api/${path}`),
    ApiTags(tag),
    ApiBearerAuth(),
    ApiExtraModels(ProblemDto),
    ApiResponse({
      status: 'default',
      description: 'Anything that failed (RFC 9457)',
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
    }),
  );
