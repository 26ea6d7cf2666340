import type { Meeting } from '@daymark/api-contract';
import { IconExternalLink, IconFileText, IconLink } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';

/** What to read before, and the record it belongs to. */
export function PreparationPanel({ meeting }: { readonly meeting: Meeting }): ReactNode {
  const { preparation, external_ref: reference, description } = meeting;
  return (
    <Panel title="Preparation" count={preparation.length}>
      <ul className="prep-list">
        {reference !== null && (
          <li>
            <IconExternalLink size={16} aria-hidden="true" />
            <span>
              {reference.url != null && /^https?:\/\//.test(reference.url) ? (
                <a href={reference.url} target="_blank" rel="noreferrer">
                  {reference.type} {reference.id}
                </a>
              ) : (
                `${reference.type} ${reference.id}`
              )}
            </span>
          </li>
        )}
        {preparation.map((item, place) => (
          <li key={`${item.title} ${place}`}>
            {item.kind === 'link' ? <IconLink size={16} aria-hidden="true" /> : <IconFileText size={16} aria-hidden="true" />}
            <span>
              {item.kind === 'link' ? (
                <a href={item.url} target="_blank" rel="noreferrer">
                  {item.title}
                </a>
              ) : (
                <>
                  <span className="med">{item.title}</span>
                  <br />
                  <span className="dim">{item.text}</span>
                </>
              )}
            </span>
          </li>
        ))}
        {description !== null && (
          <li>
            <IconFileText size={16} aria-hidden="true" />
            <span className="notes">{description}</span>
          </li>
        )}
        {preparation.length === 0 && reference === null && description === null && <li className="dim">Nothing was added.</li>}
      </ul>
    </Panel>
  );
}
