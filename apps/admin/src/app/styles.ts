import '@mantine/core/styles.css';
import './base.css';
import './shell.css';
import './parts.css';
