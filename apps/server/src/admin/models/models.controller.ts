import { Body, createParamDecorator, Delete, type ExecutionContext, Get, HttpCode, Put } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { Request } from 'express';
import { invalid } from '@app/core';
import { PriceBook, priceOfForm, PriceService } from '@app/billing';
import { AuditLog } from '@app/logs';
import { AdminController, From, type Origin, Roles } from '../http';
import { ModelDto, ModelListDto, PutModelDto } from './models.dto';
import { modelDto } from './models.mapper';

/** Names like `meta-llama/Llama-3` are one id, with the slash encoded or not; Express hands the rest of the path over in pieces. */
const ModelId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { id } = context.switchToHttp().getRequest<Request<{ id: string | string[] }>>().params;
  return [id].flat().join('/');
});
const DocumentedId = () =>
  ApiParam({ name: 'id', type: String, description: 'The name of a model, or a prefix of names with `*` at its end' });

/** What models cost. */
@AdminController('models')
export class ModelsController {
  constructor(
    private readonly book: PriceBook,
    private readonly prices: PriceService,
    private readonly audit: AuditLog,
  ) {}

  /** Built-in list prices, with the operator's over them. */
  @Get()
  list(): ModelListDto {
    return { items: this.book.list().map(modelDto) };
  }

  /** Sets the price of a model, or of all with a prefix. In force on every node within a second. */
  @Put('*id')
  @Roles('admin')
  @DocumentedId()
  async put(@ModelId() id: string, @Body() body: PutModelDto, @From() origin: Origin): Promise<ModelDto> {
    if (body.id !== undefined && body.id !== id) throw invalid('id', 'is not the one in the path');
    const { owner, prices, contextWindow, endpoints } = body;
    const input = { owner, price: priceOfForm(prices), contextWindow, endpoints };
    const answer = modelDto(await this.prices.put(id, input, origin.actorId));
    await this.audit.record({
      ...origin,
      action: 'model.put',
      target: `model:${id}`,
      changes: { prices: answer.prices },
    });
    return answer;
  }

  /** Forgets the operator's price; the list price, where there is one, is in force again. */
  @Delete('*id')
  @HttpCode(204)
  @Roles('admin')
  @DocumentedId()
  async delete(@ModelId() id: string, @From() origin: Origin): Promise<void> {
    await this.prices.remove(id);
    await this.audit.record({ ...origin, action: 'model.delete', target: `model:${id}`, changes: null });
  }
}
