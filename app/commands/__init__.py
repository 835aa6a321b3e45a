"""The commands, one file a group; each puts its own on `app.shell.app`. A new command is one function more."""
