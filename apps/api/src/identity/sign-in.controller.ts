import { Controller, Inject, Req, Res, UseGuards } from '@nestjs/common';
import { operations, type SignInOptions } from '@daymark/api-contract';
import { ProviderRegistry, type SignedIn } from '@daymark/provider-contract';
import type { Request, Response } from 'express';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { Input, Mount, type InputOf } from '../http/mount.decorator.ts';
import { SessionAnswer } from './session-answer.ts';
import { SignInGuard } from './sign-in.guard.ts';
import { SignInService } from './sign-in.service.ts';

/** Ways in. Each provider that can vouch for people is one; which there are is data. */
@Controller()
export class SignInController {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly registry: ProviderRegistry,
    private readonly signIn: SignInService,
    private readonly answer: SessionAnswer,
  ) {}

  @Mount(operations.getSignInOptions)
  options(): SignInOptions {
    return {
      product_name: 'Daymark',
      mode: this.configuration.mode,
      providers: this.registry.list().flatMap(({ id, manifest, signIn }) =>
        signIn === undefined
          ? []
          : [
              {
                id,
                name: manifest.name,
                label: `Sign in with ${signIn.label}`,
                url: `/auth/${id}`,
                icon: manifest.icon,
                color: manifest.color,
              },
            ],
      ),
      link_hint: LINK_HINTS[this.configuration.mode],
    };
  }

  /** The guard sends the browser to the provider, so this is not reached. */
  @Mount(operations.startSignIn)
  @UseGuards(SignInGuard)
  start(): void {
    return;
  }

  @Mount(operations.finishSignIn)
  @UseGuards(SignInGuard)
  async finish(
    @Input() { params }: InputOf<typeof operations.finishSignIn>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    this.answer.give(response, await this.signIn.finish(params.provider, request.user as SignedIn));
    this.answer.goOn(response, (request.authInfo as { state?: { returnTo?: string | null } } | undefined)?.state?.returnTo ?? undefined);
  }
}

const MAKES_A_LINK = 'Whoever runs this installation can make a sign-in link: npm run sign-in -- your address.';

const LINK_HINTS: Readonly<Record<Configuration['mode'], string>> = {
  demo: 'The start of the demo prints a sign-in link.',
  development: MAKES_A_LINK,
  production: MAKES_A_LINK,
};
