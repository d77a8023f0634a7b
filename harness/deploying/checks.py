"""Everything that could be wrong before the first transaction, of every chain, all at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from eth_utils.address import to_checksum_address
from web3.exceptions import Web3Exception

from harness.chains import Chain
from harness.deploying import proxy, record, script
from harness.deploying.costs import coins, cost
from harness.deploying.order import CREATE2, DeployError, Site, listed
from harness.deploying.script import Script


class ProblemsError(DeployError):
    """What stands in the way on one chain, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(listed(problems))


@dataclass(frozen=True)
class Prospect:
    """What a deployment on one chain comes to.

    Attributes:
        site: Where.
        script: What is missing.
        cost: The most wei that it may cost.
        lent: Wei of that which go to the keyless sender of the deterministic deployment proxy; 0 where it is there.
    """

    site: Site
    script: Script
    cost: int
    lent: int


def look(site: Site) -> Prospect:
    """Find out what is missing on a chain, and what that costs.

    Raises:
        ProblemsError: Something stands in the way; says all of it.
    """
    try:
        if problems := list(_before(site)):
            raise ProblemsError(problems)
        said = script.run(site.order)
        lent = proxy.missing(site.web3)
        prospect = Prospect(site, said, cost(site.order.chain, site.web3, said.steps) + lent, lent)
        if problems := list(_after(prospect)):
            raise ProblemsError(problems)
    except Web3Exception as error:
        raise ProblemsError([str(error)]) from None
    return prospect


def _before(site: Site) -> Iterator[str]:
    """What the chain file, the record and the chain say, before a script is run on them."""
    order, web3 = site.order, site.web3
    if order.chain.deployers.create2 != CREATE2:
        yield f"deployers.create2 is {order.chain.deployers.create2}, but addresses are reckoned from {CREATE2}"
    yield from _record_problems(site)
    yield from _governance_problems(site)
    sender = to_checksum_address(order.sender.address)
    waiting = web3.eth.get_transaction_count(sender, "pending") - web3.eth.get_transaction_count(sender)
    if waiting > 0:
        yield f"{waiting} transactions of {sender} wait to be included; wait for them, then run the same command again"
    for key, address in named_by(order.chain).items():
        if key not in order.chain.unconfirmed and not web3.eth.get_code(to_checksum_address(address)):
            yield f"{key} of its file is {address}, where there is no code; `millrace chains verify` checks the file"


def _record_problems(site: Site) -> Iterator[str]:
    try:
        found = record.standing(site.order, site.web3)
    except DeployError as error:
        yield str(error)
    else:
        if found and found.roles != site.order.roles:
            yield f"it has a deployment with other roles ({found.roles}); roles are changed by governance"


def _governance_problems(site: Site) -> Iterator[str]:
    governance = to_checksum_address(site.order.roles.governance)
    if site.order.local or site.order.account_governs or site.web3.eth.get_code(governance):
        return
    yield f"governance {governance} has no code there; make it a Safe, or insist by --governance-is-account"


def _after(prospect: Prospect) -> Iterator[str]:
    """What can be told only once it is known what is missing."""
    site, wei = prospect.site, prospect.cost
    balance = site.web3.eth.get_balance(to_checksum_address(site.order.sender.address))
    if balance < wei:
        symbol = site.order.chain.native.symbol
        yield (
            f"{site.order.sender.address} holds {coins(balance)} {symbol} and what is left may cost {coins(wei)}; "
            f"send it {coins(wei - balance)} {symbol}"
        )
    try:
        record.require_ours(site, prospect.script)
    except DeployError as error:
        yield str(error)


def named_by(chain: Chain) -> dict[str, str]:
    """Return the addresses that a deployment relies on, by their paths in the chain file: each must have code."""
    venues = {pool.venue for pool in chain.pools}
    tokens = {symbol for pool in chain.pools for symbol in pool.tokens} | {*chain.profit_tokens, chain.native.wrapped}
    found = {f"tokens.{symbol}.address": chain.tokens[symbol].address for symbol in sorted(tokens & set(chain.tokens))}
    found |= {
        f"venues.{name}.factory": factory
        for name in sorted(venues)
        if (factory := getattr(chain.venues[name], "factory", None))
    }
    found |= {f"lenders.{name}.address": lender.address for name, lender in chain.lenders.items()}
    found |= {f"feeds.{name}.address": feed.address for name, feed in chain.feeds.items()}
    if chain.sequencer:
        found["sequencer.feed"] = chain.sequencer.feed
    return found
