/** A page whose route needs a permission. */

import { Component, inject } from '@angular/core';
import { ActivatedRoute } from '@angular/router';

@Component({
  selector: 'app-gated',
  template: `<section [attr.data-testid]="data['testId']" data-gated>A gated page</section>`,
})
export class Gated {
  protected readonly data = inject(ActivatedRoute).snapshot.data;
}
