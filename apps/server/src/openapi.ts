import type { INestApplication } from '@nestjs/common';
import { completeDocument } from './admin/http';
import { version } from './admin/status/version';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** The control plane's contract, from its controllers and DTOs: `GET /api/openapi.json` and the console's typed client. */
export async function openApiDocument(app: INestApplication): Promise<OpenAPIObject> {
  // Written by the build (return types that the compiler does not keep), so its name is not known to the type checker.
  const metadata = (await import('./metadata' as string)) as { default: () => Promise<Record<string, unknown>> };
  await SwaggerModule.loadPluginMetadata(metadata.default);
  const description = new DocumentBuilder()
    .setTitle('One API')
    .setDescription('The control plane: users, keys, channels, money, logs and settings.')
    .setVersion(version)
    .addBearerAuth()
    .setOpenAPIVersion('3.1.0')
    .build();
  return completeDocument(
    SwaggerModule.createDocument(app, description, {
      operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}_${method}`,
    }),
  );
}
