/** A rule that is wrong for a file is changed in eslint.config.mjs, where everybody sees it. */
export const noLintComments = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { comment: 'Rules are not switched off in comments: change the code, or the rule for everybody.' },
  },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (/^\s*eslint(-disable|-enable|\s)/.test(comment.value)) context.report({ loc: comment.loc, messageId: 'comment' });
        }
      },
    };
  },
};
