"""Alerts: what is new of a search, a deputy, a ministry, a question or a text, by e-mail, without
accounts: the publisher keeps a file of those who asked for it.

`alerts_file.py`: that file; `news.py`: what a release tells of an alert; `outbox.py`: what was
sent, and what is to be sent; `letters.py`: the words; `post.py`: one night; `command.py`.
"""

from click import Group

from lod.extensions import Extension


def _commands(group: Group) -> None:
    from lod.extensions.alerts.command import alerts

    group.add_command(alerts)


EXTENSION = Extension(purpose="what is new, by e-mail, to those in a file", commands=_commands)
