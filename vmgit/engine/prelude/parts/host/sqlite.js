// `vmgit:sqlite`: SQLite databases of the workspace folder.
hostModule('sqlite', () => load('sqlite').module);
