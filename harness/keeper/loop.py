"""The keeper: one step is sync, decide, simulate, send, report."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from web3 import Web3
from web3.types import BlockData

from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.keeper.borrow import offers
from harness.keeper.limits import Breaker, Limits
from harness.keeper.multicall import Multicall
from harness.keeper.report import Attempt, Reporter
from harness.keeper.signers import Signer
from harness.keeper.simulate import execution, simulate
from harness.keeper.submit import Submitter
from harness.keeper.sync import Place, Reader
from harness.market.costs import Policy
from harness.market.decide import decide
from harness.market.market import Market
from harness.market.opportunity import Opportunity
from harness.market.route import decode, encode

DEADLINE_BLOCKS = 3
TIP = 10**8
"""Wei a unit of gas for the block's producer."""


class NotKeeperError(MillraceError):
    """The executor would refuse the account, or is not an executor."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a keeper works.

    Attributes:
        limits: What it never does.
        margin_bps: By how much a profit must exceed the gas it costs, in basis points of that gas. Gas and this margin
            are what a route demands on chain, and not the profit simulated, so that a small move reverts nothing.
        tip: Wei a unit of gas for the block's producer.
        deadline_blocks: After so many blocks a route is dead.
        parent_hash: Whether a route may run only on top of the block that it was computed on.
    """

    limits: Limits = field(default_factory=Limits)
    margin_bps: int = 2_000
    tip: int = TIP
    deadline_blocks: int = DEADLINE_BLOCKS
    parent_hash: bool = False


class Keeper:
    """Watches the pools of one chain and closes their gaps.

    Args:
        chain: The chain file.
        web3: Connected to that chain.
        executor: Checksummed address of the executor.
        signer: Whoever signs; None for paper trading, which does everything but send.
        settings: Limits and manners.
        console: Where attempts are reported.

    Raises:
        PoolMissingError: A pool of the chain file is not there.
        NotKeeperError: The signer may not execute.
    """

    def __init__(
        self,
        chain: Chain,
        web3: Web3,
        executor: str,
        *,
        signer: Signer | None = None,
        settings: Settings | None = None,
        console: Console | None = None,
    ) -> None:
        self.chain, self.web3, self.executor = chain, web3, executor
        self.settings = settings or Settings()
        self.reader = Reader(chain, web3)
        self.reporter = Reporter(chain, self.reader.places, console or Console())
        self.breaker = Breaker(self.settings.limits.max_failures)
        self.address = signer.address if signer else _watched(self.reader.multicall, executor)
        _require_keeper(self.reader.multicall, executor, self.address)
        self.submitter = Submitter(web3, executor, signer) if signer else None
        self._known = frozenset(place.address for place in self.reader.places)
        now = web3.eth.get_block("latest")
        self.market = market_of(chain, self.reader.places)
        self.offers = offers(chain, self.reader.multicall, now["number"])

    def run(self, blocks: int | None = None, wait: Callable[[float], None] = time.sleep) -> None:
        """Step on every new block.

        Args:
            blocks: Stop after so many; None for ever.
            wait: Sleeps; a share of the chain's block time at a time.

        Raises:
            BreakerOpenError: Too many attempts in a row have failed.
        """
        seen, last = 0, None
        while blocks is None or seen < blocks:
            block = self.web3.eth.get_block("latest")
            if block["number"] == last:
                wait(min(1.0, self.chain.block_time / 4))
                continue
            seen, last = seen + 1, block["number"]
            self.step(block)

    def step(self, block: BlockData) -> Attempt | None:
        """Look at one block and act on its best opportunity; wait until the transaction is in a block, and report.

        Returns:
            The attempt, or None where nothing is worth doing.

        Raises:
            BreakerOpenError: Too many attempts in a row have failed.
            GasPriceTooHighError: Gas is above the limit.
        """
        attempt = self.begin(block)
        if attempt is not None:
            self.finish(attempt)
        return attempt

    def begin(self, block: BlockData) -> Attempt | None:
        """Sync, decide, simulate and, where there is a signer, send the best opportunity that simulates well.

        Raises:
            BreakerOpenError: Too many attempts in a row have failed.
            GasPriceTooHighError: Gas is above the limit.
        """
        self.breaker.check()
        self.settings.limits.check_gas_price(self._gas_price(block))
        attempt = None
        for opportunity in self._found(block):
            attempt = self._simulated(block, opportunity)
            if not attempt.refusal:
                return self._sent(attempt, block)
        return attempt

    def finish(self, attempt: Attempt) -> None:
        """Wait for what was sent, count it and report it.

        Raises:
            NotIncludedError: The transaction is in no block in time.
        """
        if attempt.sent and self.submitter is not None:
            attempt.outcome = self.submitter.outcome(attempt.sent, attempt.data)
            attempt.refusal = attempt.outcome.error
        if attempt.sent or attempt.refusal:
            self.breaker.count(not attempt.refusal)
        self.reporter.show(attempt)

    def _found(self, block: BlockData) -> list[Opportunity]:
        """Return what is worth doing on the state at the end of `block`, the best first."""
        policy = Policy(
            native=self.chain.token(self.chain.native.wrapped).address,
            gas_price=self._gas_price(block),
            offers=self.offers,
            caps=self.settings.limits.max_loan,
            margin_bps=self.settings.margin_bps,
        )
        self.market.update(self.reader.snapshot(block).pools.values())
        return decide(self.market, policy)

    def _simulated(self, block: BlockData, opportunity: Opportunity) -> Attempt:
        """Run an opportunity's calldata against the newest state."""
        deadline = block["timestamp"] + int(self.settings.deadline_blocks * self.chain.block_time)
        parent = bytes(block["hash"]) if self.settings.parent_hash else b""
        route = encode(opportunity.route(deadline, parent))
        self.settings.limits.check(decode(route), self._known, self._gas_price(block))
        data = execution(route)
        seen = simulate(self.web3, self.address, self.executor, data, "pending" if parent else "latest")
        return Attempt(block["number"], opportunity, data, seen.profit, seen.error)

    def _sent(self, attempt: Attempt, block: BlockData) -> Attempt:
        """Send what was simulated, or leave it at that where there is no signer."""
        if self.submitter is not None:
            limit = self.settings.limits.max_gas_price
            max_fee = min(2 * block["baseFeePerGas"] + self.settings.tip, limit)
            attempt.sent = self.submitter.send(attempt.data, attempt.opportunity.gas, max_fee, self.settings.tip)
        return attempt

    def _gas_price(self, block: BlockData) -> int:
        """Return wei a unit of gas, as the next block will about charge it."""
        return int(block["baseFeePerGas"]) + self.settings.tip


def market_of(chain: Chain, places: Iterable[Place]) -> Market:
    """Return a market, still without pools, that trades what the chain file allows at each place's venue."""
    bases = [chain.token(symbol).address for symbol in chain.profit_tokens]
    terms = {place.address: chain.venues[place.venue].trading.terms() for place in places}
    return Market(bases, terms=terms, native=chain.token(chain.native.wrapped).address)


def _watched(multicall: Multicall, executor: str) -> str:
    """Return a registered keeper, in whose name a keeper without a signer simulates."""
    registered = _view(multicall, Call(executor, "keepers()", (), ("address[]",)))
    if not registered:
        raise NotKeeperError(f"the executor {executor} has no keeper; register one with setKeeper")
    return Web3.to_checksum_address(registered[0])


def _require_keeper(multicall: Multicall, executor: str, address: str) -> None:
    """Refuse an account that the executor would refuse.

    Raises:
        NotKeeperError: It is not registered, or the executor is paused.
    """
    if not _view(multicall, Call(executor, "canExecute(address)", (address,), ("bool",))):
        raise NotKeeperError(f"{address} cannot execute on {executor}: not a keeper there, or paused; see setKeeper")


def _view(multicall: Multicall, call: Call) -> Any:  # noqa: ANN401 - as many types as there are views
    values = multicall.try_read([call], "latest")[0]
    if values is None:
        raise NotKeeperError(f"{call.to} does not answer {call.signature}; is it this chain's executor?")
    return values[0]
