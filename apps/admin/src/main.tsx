import { createRoot } from 'react-dom/client';
import { createAppRouter } from './app/router.tsx';
import { Providers } from './app/providers.tsx';
import { createQueryClient } from './lib/query-client.ts';
import './app/styles.ts';

const queryClient = createQueryClient();
const router = createAppRouter(queryClient);
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Providers queryClient={queryClient} router={router} />);
