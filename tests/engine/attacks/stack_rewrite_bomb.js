// A text on which the rewriting of stacks could backtrack. [error Error; defaults]
throw new Error(('    at ' + ' '.repeat(3000) + '(').repeat(3) + '<dukpy>');
