import { Box, ScrollArea } from '@mantine/core';
import { CopyIcon } from './copy';
import classes from './code-sample.module.css';

export function CodeSample({ code, label }: { code: string; label: string }) {
  return (
    <Box className={classes.root}>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, 'aria-label': label, role: 'region' }}>
        <pre className={classes.code}>
          <code>{code}</code>
        </pre>
      </ScrollArea>
      <div className={classes.copy}>
        <CopyIcon value={code} label={label} />
      </div>
    </Box>
  );
}
