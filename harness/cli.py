"""The command line: `millrace <command>`. Each command lives in its own module, which is imported when it is called."""

import errno
from importlib import import_module
from typing import Any, Final

import click

from harness.errors import MillraceError

COMMANDS: Final = {
    "chains": ("harness.chaincommand:command", "Check the chain files, and ask a node about them."),
    "config": ("harness.deploying.config_command:command", "Compare chains with their files, and mend them."),
    "demo": ("harness.demo:command", "Show the wheel turning once, on a replica, with figures."),
    "deploy": ("harness.deploy:command", "Deploy to chains or replicas, to the same addresses."),
    "keeper": ("harness.keeper.command:keeper", "Watch a chain's pools and close their gaps."),
    "pause": ("harness.keeper.control:pause", "Let keepers send nothing."),
    "prices": ("harness.prices:command", "Show what a token costs on every chain, and what bridging it costs."),
    "replica": ("harness.replica:command", "Serve a fork that needs no network."),
    "report": ("harness.earnings.command:command", "Report what a deployment has earned in a period."),
    "reserve": ("harness.reserve:command", "Show what the reserve holds, take a pool's liquidity out."),
    "resume": ("harness.keeper.control:resume", "Let keepers send again, and close the breaker."),
    "roles": ("harness.deploying.roles_command:command", "Show who can do what, from the chain itself."),
    "status": ("harness.keeper.control:status", "Show how the keepers do."),
    "stop": ("harness.keeper.stop:command", "Stop the contracts in an emergency, as the guardian."),
    "vault": ("harness.vault:command", "Show how the vault stands, have a strategy left."),
    "watch": ("harness.keeper.watch:command", "Show how keepers do, on a screen."),
}
"""What to import for a command, and its line in `millrace --help`."""


class LazyGroup(click.Group):
    """A group that imports a command only when it runs, and whose errors are one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands' names."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """Run the command; what an operator can mend becomes one sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except MillraceError as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise click.ClickException("the disk is full; free some and run the same command again") from None


@click.group(cls=LazyGroup)
def main() -> None:
    """Millrace: closes the gaps between a token's own pools and puts the profit back."""
