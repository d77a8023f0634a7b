"""`millrace demo`: the wheel turns in front of one's eyes, on a replica, and every wei is accounted for.

Ordinary people trade; the gaps that they leave are closed by the keeper with borrowed money; once a rival is faster. At
the end the profit is paid to the stakers and streamed, the pools' share deepens the pools, and the books are checked.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from eth_account.signers.local import LocalAccount
from rich.console import Console
from web3.types import TxReceipt

from harness import chains, deploy, replica
from harness.accounting import Figures, Split, check_books, check_held, read_figures, split_of
from harness.chains import Chain
from harness.deployments import Deployment, Roles, load_deployment
from harness.devchain import DevChain
from harness.errors import MillraceError
from harness.keeper.deepen import Deepener, Provided
from harness.keeper.feeds.place import Place
from harness.keeper.heads import Head, head_of
from harness.keeper.report import Attempt, Reporter
from harness.keeper.rpc import Rpc
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.keeper.ways import Node
from harness.market.route import Lender
from harness.orderflow import Order, OrderFlow, fund, place, router
from harness.rival import outrun
from harness.settings import ACCOUNTS, GOVERNANCE, GUARDIAN, KEEPER, dev_account
from harness.signer import sender_of
from harness.statement import print_statement
from harness.store import Store

TRADES, PAIRS = 10, 3
MOST_BLOCKS = 150
MOST_ORDERS = 3
STAKE = 100 * 10**18
WEEK = 7 * 24 * 3600
RIVAL_TIP = 10**10
TRADERS = range(KEEPER + 1, ACCOUNTS - 2)
RIVAL, STAKER = ACCOUNTS - 2, ACCOUNTS - 1


class DemoError(MillraceError):
    """The demo did not show what it has to show; the message has the figures."""


@dataclass(frozen=True, slots=True)
class Trade:
    """An attempt that earned.

    Attributes:
        attempt: What was found, expected and realised.
        venues: Key of each leg's venue, in order.
        split: Where the profit went.
    """

    attempt: Attempt
    venues: tuple[str, ...]
    split: Split

    @property
    def token(self) -> str:
        """Address of the token earned."""
        return self.attempt.opportunity.cycle.token

    @property
    def profit(self) -> int:
        """Units earned, as the chain measured them."""
        return (self.attempt.outcome.profit if self.attempt.outcome else None) or 0


@dataclass(slots=True)
class Result:
    """What happened.

    Attributes:
        chain: Whose replica.
        trades: What earned.
        refused: Attempts that the chain refused.
        orders: How many ordinary swaps there were.
        before: Reserve and vault before.
        booked: The same with every profit in its bucket, before anything is made of that.
        after: The same at the end: pools deepened, profit streamed.
        paid: Units paid from the reserve to the vault, by token.
        injections: What the pools' buckets became afterwards.
        resting: Why a pool's bucket stayed as it is, by the pool's name.
        ways: The ways to borrow the wrapped native coin.
    """

    chain: Chain
    before: Figures
    booked: Figures
    after: Figures
    trades: list[Trade] = field(default_factory=list)
    refused: list[Attempt] = field(default_factory=list)
    orders: int = 0
    paid: dict[str, int] = field(default_factory=dict)
    injections: list[Provided] = field(default_factory=list)
    resting: dict[str, str] = field(default_factory=dict)
    ways: frozenset[Lender] = frozenset()

    @property
    def profits(self) -> Counter[str]:
        """Units earned, by token."""
        total: Counter[str] = Counter()
        for trade in self.trades:
            total[trade.token] += trade.profit
        return total

    @property
    def pairs(self) -> set[frozenset[str]]:
        """The pairs of different venues between which trades have carried a token from one to the other."""
        steps = {
            step
            for trade in self.trades
            for step in zip(trade.venues, (*trade.venues[1:], trade.venues[0]), strict=True)
        }
        return {frozenset(step) for step in steps if step[0] != step[1]}

    @property
    def lenders(self) -> set[Lender]:
        """The ways in which trades have borrowed."""
        return {trade.attempt.opportunity.offer.lender for trade in self.trades}

    def complete(self) -> bool:
        """Tell whether everything has been seen: trades, venues, lenders, and a race lost."""
        enough = len(self.trades) >= TRADES and len(self.pairs) >= PAIRS
        return enough and self.lenders == self.ways and bool(self.refused)


@click.command()
@click.option("--chain", "name", default="ethereum", show_default=True, help="Whose replica.")
@click.option("--seed", type=int, help="Of the order flow; the same seed, the same story. Without it the chain file's.")
def command(name: str, seed: int | None) -> None:
    """Show the wheel turning once, on a replica, with figures."""
    console = Console(width=200) if not Console().is_terminal else Console()
    result = run(name, chains.load(name).replica.seed if seed is None else seed, console)
    check(result)
    console.print("every wei of profit is in a bucket or with the stakers; every profit was the one simulated")


def run(name: str, seed: int, console: Console) -> Result:
    """Run the demo on a replica of its own, which ends with it.

    Args:
        name: The chain's.
        seed: Of the order flow.
        console: Where progress and tables go.

    Raises:
        DemoError: The order flow has not led to all there is to show.
    """
    console.print(f"starting a replica of {name}")
    with replica.serve(name) as served, TemporaryDirectory() as folder:
        console.print("deploying")
        deployment = deploy_to(served)
        console.print(f"order flow from seed {seed}; the keeper at work:")
        store = Store(f"sqlite:///{folder}/record.db")
        store.migrate()
        scene = Scene(served, deployment, store, seed, console)
        scene.play()
        scene.pay()
        scene.deepen()
        scene.convert()
        scene.close()
        print_statement(scene.result, scene.reporter, console)
        return scene.result


def check(result: Result) -> None:
    """Make sure that the books balance and that each trade did what its simulation said.

    Raises:
        AccountingError: A wei is missing.
        DemoError: A realised profit is not the simulated one, or was not split to the last wei.
    """
    for trade in result.trades:
        simulated, computed = trade.attempt.simulated, trade.attempt.opportunity.sizing.profit
        if not trade.profit == simulated == computed == trade.split.total:
            raise DemoError(
                f"a trade at block {trade.attempt.block} realised {trade.profit}, was simulated at {simulated}, "
                f"computed at {computed} and split into {trade.split.total} units of {trade.token}"
            )
    check_books(result.before, result.booked, result.profits, result.paid)
    check_held(result.after)
    if not result.injections:
        raise DemoError(f"no pool was deepened: {result.resting}")


def deploy_to(served: replica.Replica) -> Deployment:
    """Deploy to a replica, with its development accounts in their parts and the record in a folder of its own."""
    parts = {"governance": GOVERNANCE, "guardian": GUARDIAN, "keeper": KEEPER}
    roles = Roles(**{part: dev_account(index).address for part, index in parts.items()})
    sender = sender_of(served.web3, None, local=True, sign=True)
    with TemporaryDirectory() as folder:
        order = deploy.Order(served.chain, served.url, roles, sender, True, Path(folder))
        deploy.carry_out(order, served.web3, sends=True)
        return load_deployment(served.chain.chain_id, local=True, folder=Path(folder))


class Scene:
    """Everyone on the stage: the node, the people, the keeper.

    Args:
        served: The replica.
        deployment: What is deployed there.
        store: The keeper's record.
        seed: Of the order flow.
        console: Where the keeper reports.
    """

    def __init__(
        self, served: replica.Replica, deployment: Deployment, store: Store, seed: int, console: Console
    ) -> None:
        self.chain = served.chain
        self.node = DevChain(served.web3, self.chain.block_time, self.chain.replica.base_fee)
        self.reserve, self.vault = deployment.address("reserve"), deployment.address("vault")
        self.flow = OrderFlow(self.chain, seed)
        self.traders = [dev_account(index) for index in TRADERS]
        self.native = self.chain.token(self.chain.native.wrapped).address
        fund(self.node, self.chain, [*self.traders, dev_account(RIVAL)])
        self._stake(dev_account(STAKER))
        self._rpc, signer = Rpc([served.web3]), LocalSigner(dev_account(KEEPER))
        plan = Plan(self.chain, deployment, [served.web3], signer=signer, ways=(Node("node", served.url),), most_out=1)
        self.runner = assembled(plan, store, tell=self._told)
        self.keeper = self.runner.keeper
        self.runner.turn(self._head())
        self.reporter = Reporter(self.chain, self.keeper.picture.places, console)
        self.places = {place.address: place for place in self.keeper.picture.places}
        self.offers = tuple(offer for offer in self.keeper.offers if offer.limit(self.native))
        now = self._figures()
        self.result = Result(self.chain, now, now, now, ways=frozenset(offer.lender for offer in self.offers))

    def play(self) -> None:
        """Let people trade and the keeper work, block after block, until all has been seen.

        Raises:
            DemoError: It takes too long, or something found does not simulate.
        """
        for _ in range(MOST_BLOCKS):
            self._trade()
            while not self.result.complete() and self._work():
                pass
            if self.result.complete():
                return
        seen = f"{len(self.result.trades)} trades between {len(self.result.pairs)} pairs of venues"
        raise DemoError(f"{MOST_BLOCKS} blocks of order flow have led to {seen} only; try another --seed")

    def pay(self) -> None:
        """Pay the stakers' bucket to the vault."""
        self.result.paid[self.native] = self.node.view(self.reserve, "vaultBucket(address)", self.native)
        self.node.do(dev_account(STAKER), self.reserve, "payVault()")
        self.result.booked = self._figures()

    def close(self) -> None:
        """Let the profit stream for a week, and read the figures."""
        self.node.mine(WEEK)
        self.result.after = self._figures()

    def deepen(self) -> None:
        """Let the keeper add to each pool what its bucket has, by the reserve's terms.

        Raises:
            DemoError: A bucket has not changed by what the reserve says.
        """
        deepener = Deepener(self.node.web3, dev_account(KEEPER).address, self.reserve, self.keeper.picture.places)
        for pool in self.keeper.picture.places:
            before = self._buckets(pool)
            if not any(before.values()):
                continue
            done = deepener.deepen(pool, before, self._as_keeper)
            if done.provided is None:
                self.result.resting[pool.name] = done.refusal
                continue
            self._check_injection(done.provided)
            self.result.injections.append(done.provided)

    def convert(self) -> None:
        """Let the keeper convert what the stakers have in other tokens into the vault's asset, and pay it on."""
        deepener = Deepener(self.node.web3, dev_account(KEEPER).address, self.reserve, self.keeper.picture.places)
        for symbol in self.chain.profit_tokens:
            token = self.chain.token(symbol).address
            amount = self.node.view(self.reserve, "vaultBucket(address)", token)
            if amount and token != self.native:
                self.result.resting |= _named(symbol, deepener.for_stakers(token, amount, self.native, self._as_keeper))
        if self.node.view(self.reserve, "vaultBucket(address)", self.native):
            self.node.do(dev_account(STAKER), self.reserve, "payVault()")

    def _check_injection(self, provided: Provided) -> None:
        block = self.node.web3.eth.block_number
        place = provided.place
        for token, change in ((place.token0, provided.change0), (place.token1, provided.change1)):
            counted = [
                self.node.view(self.reserve, "poolBucket(address,address)", place.address, token, block=at)
                for at in (block - 1, block)
            ]
            if counted[1] - counted[0] != change:
                raise DemoError(
                    f"the bucket of {place.name} went from {counted[0]} to {counted[1]} of {token}, not by {change}"
                )

    def _buckets(self, place: Place) -> dict[str, int]:
        """Return the units in a pool's bucket, of its own tokens and of those that profit comes in."""
        profit = (self.chain.token(symbol).address for symbol in self.chain.profit_tokens)
        tokens = dict.fromkeys((place.token0, place.token1, *profit))
        view = "poolBucket(address,address)"
        return {token: self.node.view(self.reserve, view, place.address, token) for token in tokens}

    def _as_keeper(self, data: bytes) -> TxReceipt:
        sent = self.node.send(dev_account(KEEPER), self.reserve, data)
        self.node.mine()
        return self.node.receipt(sent)

    def _trade(self) -> None:
        """Fill one block with orders."""
        orders = self.flow.block(MOST_ORDERS)
        sent = [place(self.node, self.chain, order, self.flow.trader(self.traders)) for order in orders]
        self.node.mine()
        for one in sent:
            self.node.receipt(one)
        self.result.orders += len(orders)

    def _work(self) -> bool:
        """Let the keeper look at the newest block; tell whether it acted."""
        attempt = self._begun()
        if attempt is None:
            return False
        if not attempt.sent:
            raise DemoError(f"what was found at block {attempt.block} does not simulate: {attempt.refusal}")
        if not self.result.refused and len(self.result.trades) >= TRADES // 2:
            self._raid(attempt)
        self.node.mine()
        self.runner.ready(self._head())
        self.runner.settle()
        self._note(attempt)
        return True

    def _begun(self) -> Attempt | None:
        """Let the keeper borrow in each way in turn, and as it likes where that way's cost eats the profit."""
        head = self._head()
        if not self.runner.ready(head):
            raise DemoError("the keeper may not send; see its limits")
        turn = self.offers[len(self.result.trades) % len(self.offers)]
        self.keeper.offers = (turn,)
        attempts = self.keeper.act(head)
        if not attempts and turn.lender is not Lender.NONE:
            self.keeper.offers = self.offers
            attempts = self.keeper.act(head)
        self.runner.tend(head)
        return attempts[-1] if attempts else None

    def _head(self) -> Head:
        return head_of(self._rpc.ask("eth_getBlockByNumber", "latest", False))

    def _told(self, attempt: Attempt) -> None:
        self.reporter.show(attempt)

    def _raid(self, attempt: Attempt) -> None:
        """Let a rival trade first in the block that our transaction waits for."""
        pools = {pool.name: pool for pool in self.chain.pools if router(self.chain, pool)}
        raid = outrun(attempt.opportunity, {a for a, where in self.places.items() if where.name in pools})
        if raid is None:
            return
        edge = attempt.opportunity.cycle.edges[raid.leg]
        symbols = {token.address: symbol for symbol, token in self.chain.tokens.items()}
        pool = pools[self.places[edge.pool].name]
        order = Order(pool, symbols[edge.token_in], symbols[edge.token_out], raid.amount)
        place(self.node, self.chain, order, dev_account(RIVAL), 2 * self.chain.fees.least_tip + RIVAL_TIP)

    def _note(self, attempt: Attempt) -> None:
        """Keep what came of an attempt."""
        if attempt.refusal:
            self.result.refused.append(attempt)
            return
        self.node.receipt(attempt.sent)
        venues = tuple(self.places[hop.pool.address].venue for hop in attempt.opportunity.path)
        self.result.trades.append(Trade(attempt, venues, self._book(attempt)))

    def _book(self, attempt: Attempt) -> Split:
        """Turn the journal's entry of a trade into buckets, as anyone may; return where the profit went."""
        cycle = (attempt.opportunity.cycle.token, [hop.pool.address for hop in attempt.opportunity.path])
        epoch = self.node.view(self.reserve, "currentEpoch()")
        book = "book(uint256,address,address[])"
        return split_of(self.node.do(dev_account(STAKER), self.reserve, book, epoch, *cycle), self.reserve)

    def _stake(self, staker: LocalAccount) -> None:
        """Wrap native coin and stake it."""
        self.node.do(staker, self.native, "deposit()", value=STAKE)
        self.node.do(staker, self.native, "approve(address,uint256)", self.vault, STAKE)
        self.node.do(staker, self.vault, "deposit(uint256,address)", STAKE, staker.address)

    def _figures(self) -> Figures:
        tokens = [self.chain.token(symbol).address for symbol in self.chain.profit_tokens]
        return read_figures(self.node, self.reserve, self.vault, self.places, tokens)


def _named(symbol: str, refusal: str) -> dict[str, str]:
    return {f"the stakers, {symbol}": refusal} if refusal else {}
