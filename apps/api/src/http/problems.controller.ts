import { Controller, Get, Req, Res } from '@nestjs/common';
import { operations } from '@daymark/api-contract';
import { DomainError, isProblemCode, problemCodes, problemDefinition, type ProblemCode } from '@daymark/domain';
import type { Request, Response } from 'express';
import { Input, Mount, type InputOf } from './mount.decorator.ts';
import { problemList, problemPage } from './problem-page.ts';

/** The catalogue of problems, for people and for programs. */
@Controller()
export class ProblemsController {
  @Get('/problems')
  list(@Req() request: Request, @Res() response: Response): void {
    response.format({
      html: () => response.send(problemList()),
      json: () => response.json({ data: problemCodes.map(entry) }),
      default: () => response.send(problemList()),
    });
  }

  @Mount(operations.getProblemPage)
  page(@Input() { params }: InputOf<typeof operations.getProblemPage>, @Res() response: Response): void {
    const code = knownCode(params.code);
    response.format({
      html: () => response.send(problemPage(code)),
      json: () => response.json(entry(code)),
      default: () => response.send(problemPage(code)),
    });
  }
}

function knownCode(code: string): ProblemCode {
  if (!isProblemCode(code)) throw new DomainError('not-found', 'There is no problem with this code.');
  return code;
}

function entry(code: ProblemCode): Record<string, unknown> {
  return { code, ...problemDefinition(code) };
}
