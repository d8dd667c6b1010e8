// `vmgit:sqlite`: SQLite databases of the workspace folder.
hostModule('sqlite', () => loadPart('sqlite').module);
