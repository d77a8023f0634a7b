"""The feeds of families that the replica has no pool of, by their protocols' code; and what needs no chain."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from evm_balancer import ANSWERS_ITS_SLOT
from evm_code import OUT, PEERS
from feed_stage import NOBODY, PAIR, WHO, Stage, made_next, stage_calls, staged
from flows import PAYER, created, newest, packed
from hypothesis import given
from hypothesis import strategies as st
from market_evm import OWNER
from web3 import Web3

from harness import chains, replica
from harness.chains import Chain
from harness.crowd import crowd, stir
from harness.devchain import DevChain
from harness.keeper.abi import Call
from harness.keeper.feeds import concentrated, erc4626, solidly
from harness.keeper.feeds.concentrated import provided, swapped
from harness.keeper.feeds.feed import Held, Log, UnreadableError, signed
from harness.keeper.feeds.place import Place, PoolMissingError
from harness.keeper.feeds.registry import FEEDS, NONE, feed_for, find
from harness.keeper.feeds.steps import walk
from harness.keeper.feeds.uniswap_v2 import SYNC
from harness.keeper.multicall import Multicall
from harness.keeper.picture import Picture
from harness.keeper.rpc import Rpc
from harness.market.pools.concentrated import WORD
from harness.market.pools.registry import FAMILIES
from harness.market.pools.tick_math import MAX_TICK, MIN_TICK, sqrt_price_at
from harness.market.pools.uniswap_v3 import UniswapV3Pool


@pytest.fixture(scope="module")
def stage(built: None) -> Iterator[Stage]:  # noqa: ARG001 - vaults of ours are among them
    with staged() as found:
        yield found


def test_every_family_has_a_feed_or_is_said_to_have_none() -> None:
    followed = {feed.POOL: kind for (kind, _), feed in FEEDS.items()}
    assert followed.keys() | NONE.keys() == {family.pool for family in FAMILIES}
    assert not followed.keys() & NONE.keys()
    assert all(NONE.values())
    for family in FAMILIES:
        assert followed.get(family.pool, family.kind) == family.kind
        assert family.pool in followed or family.pool in NONE


def test_what_has_no_feed_is_refused_by_name(ethereum: Chain) -> None:
    venues = {**ethereum.venues, "woofi": chains.WooFi(kind="woofi", pool=NOBODY)}
    chain = ethereum.model_copy(update={"venues": venues})
    with pytest.raises(PoolMissingError, match="no feed for pools of woofi"):
        feed_for(chain, "woofi", "")
    with pytest.raises(PoolMissingError, match="'', 'slipstream'"):
        feed_for(chain, "uniswap-v3", "other")


# Solidly


@pytest.mark.parametrize("family", ["", "stable"])
def test_pools_of_solidly_are_followed(stage: Stage, family: str) -> None:
    out, stable = PEERS / "aerodrome/out", family == "stable"
    implementation = created(stage.node, WHO, out / "Pool.sol/Pool.json")
    factory = created(stage.node, WHO, out / "PoolFactory.sol/PoolFactory.json", ("address",), (implementation,))
    tokens = sorted((stage.token(symbol) for symbol in PAIR), key=str.lower)
    data = "0x" + packed("createPool(address,address,bool)", *tokens, stable).hex()
    stage.node.rpc("eth_sendTransaction", {"from": OWNER, "to": factory, "data": data, "gas": hex(5 * 10**6)})
    stage.mine()
    listed = chains.Pool(venue="aero", tokens=PAIR, family=family)
    chain = stage.with_pools("aero", chains.Solidly(kind="solidly", factory=factory), listed)
    empty = stage.picture(chain)
    assert "reserves (0, 0)" in next(iter(empty.excluded.values()))
    pool = empty.places[0].address

    def pay(*amounts: int) -> None:
        for token, amount in zip(tokens, amounts, strict=True):
            if amount:
                stage.send(token, "transfer(address,uint256)", pool, amount)

    pay(10**10, 10**22)
    stage.send(pool, "mint(address)", WHO.address)
    (state,) = stage.follow(empty)
    picture = stage.picture(chain)
    assert (picture.pools, state.reserves) == (empty.pools, (10**10, 10**22))
    for amount_in in (10**6, 10**9):
        paid = picture.pools[pool].amount_out(0, 1, amount_in)
        pay(amount_in, 0)
        stage.send(pool, "swap(uint256,uint256,address,bytes)", 0, paid, WHO.address, b"")
        expected = picture.pools[pool].after(0, 1, amount_in)
        assert stage.follow(picture) == (expected,)
    stage.send(factory, "setCustomFee(address,uint256)", pool, 77)
    (state,) = stage.follow(picture)
    assert state.fee_bps == 77
    assert isinstance(picture._list.by_address[pool].feed, solidly.SolidlyVolatileFeed)


# Slipstream


def test_pools_of_slipstream_are_followed(stage: Stage) -> None:
    out, neighbour = PEERS / "slipstream/out", Web3.to_checksum_address("0x" + "4e" * 20)
    registry = packed("factoryRegistry()").hex()
    stage.node.rpc("anvil_setCode", neighbour, f"0x5f3560e01c63{registry}1430025f5260205ff3")
    implementation = created(stage.node, WHO, out / "CLPool.sol/CLPool.json")
    arguments = (neighbour, neighbour, implementation)
    factory = created(stage.node, WHO, out / "CLFactory.sol/CLFactory.json", ("address",) * 3, arguments)
    tokens = [stage.token(symbol) for symbol in PAIR]
    stage.send(factory, "createPool(address,address,int24,uint160)", *tokens, 200, 1 << 96)
    stage.mine()
    listed = chains.Pool(venue="slip", tokens=PAIR, family="slipstream", tick_spacing=200)
    chain = stage.with_pools("slip", chains.UniswapV3(kind="uniswap-v3", factory=factory), listed)
    picture = stage.picture(chain)
    pool = picture.places[0].address
    mint, swap = "mint(address,int24,int24,uint128,bytes)", "swap(address,bool,int256,uint160,bytes)"
    for low, high in ((-4000, 0), (0, 4000), (-120_000, -60_000), (200, 100_000)):
        stage.paying(pool, mint, PAYER, low, high, 10**14, b"")
    (state,) = stage.follow(picture)
    assert (state.liquidity, len(state.ticks), state.fee) == (10**14, 6, 3000), "one end lies beyond what is read"
    for up, amount in ((True, 10**12), (False, 3 * 10**12), (True, 10**13)):
        stage.paying(pool, swap, PAYER, not up, amount, sqrt_price_at(3000 if up else -3000), b"")
        (state,) = stage.follow(picture)
    stage.paying(pool, "burn(int24,int24,uint128)", -4000, 0, 10**14)
    stage.paying(pool, "burn(int24,int24,uint128)", 0, 4000, 1)
    stage.paying(pool, "burn(int24,int24,uint128)", 0, 4000, 0)
    (state,) = stage.follow(picture)
    assert -4000 not in state.ticks
    assert stage.picture(chain).pools == picture.pools


# vaults


@pytest.mark.parametrize(
    ("path", "offset"),
    [("PlainVault.sol/PlainVault", 0), ("PlainVaults.sol/SoladyVault", 0), ("StakingVault.sol/StakingVault", 6)],
)
def test_vaults_are_followed_as_their_shares_gain(stage: Stage, path: str, offset: int) -> None:
    asset = stage.token("WETH")
    types: Sequence[str] = ("address",)
    values: Sequence[object] = (asset,)
    if offset:
        types = ("address", "address", "string", "string", "(uint24,uint24,uint64,uint128,uint32,bool)")
        values = (WHO.address, asset, "", "", (86_400, 3_600, 10**18, 0, 0, False))
    vault = created(stage.node, WHO, Path(f"{OUT / path}.json"), types, values)
    share = chains.Token(address=vault, decimals=18 + offset)
    chain = stage.with_pools(
        "vaults", chains.ERC4626(kind="erc4626"), chains.Pool(venue="vaults", tokens=("WETH", "S"))
    )
    chain = chain.model_copy(update={"tokens": {**chain.tokens, "S": share}})
    stage.send(asset, "approve(address,uint256)", vault, 10**30)
    stage.send(vault, "deposit(uint256,address)", 5 * 10**18, WHO.address)
    stage.mine()
    picture = stage.picture(chain)
    state: Any = picture.pools[vault]
    assert (state.virtual_assets, state.virtual_shares, state.assets) == (1, 10**offset, 5 * 10**18)
    stage.send(asset, "transfer(address,uint256)", vault, 10**17)
    changed = stage.follow(picture)
    assert len(changed) == (offset == 0), "ours counts what was given as profit only when it is reported"
    state = picture.pools[vault]
    call = Call(vault, "previewDeposit(uint256)", (10**18,), ("uint256",))
    [(shares,)] = picture.multicall.read([call], "latest")
    assert state.amount_out(0, 1, 10**18) == shares


def test_a_vault_that_converts_otherwise_is_refused() -> None:
    place = Place("", "", "0x" + "22" * 20, "0x" + "11" * 20, "0x" + "22" * 20)

    def ask(calls: Sequence[Any]) -> list[tuple[int]]:
        return [(18,) if call.signature == "decimals()" else (call.arguments[0] * 999 // 1000,) for call in calls]

    found = walk({0: erc4626._virtual(place, 10**20, 10**20)}, ask)
    assert isinstance(found[0], UnreadableError)
    assert "fee" in str(found[0])


# Balancer V3

BALANCER = PEERS / "balancer/out"
CONFIGURED = (
    "(address,uint8,address,bool)[],uint256,uint32,bool,(address,address,address),address,(bool,bool,bool,bool)"
)
SWAP_OF_BALANCER = "swap((uint8,address,address,address,uint256,uint256,bytes))"
ALLOWING = Web3.to_checksum_address("0x" + "a110" * 10)
"""An authorizer that allows anything."""
HOOKS = Web3.to_checksum_address("0x" + "400c" * 10)
RATER = Web3.to_checksum_address("0x" + "7a7e" * 10)
WEEK = 7 * 86_400


def hooks_with(flags: Sequence[int]) -> str:
    """Code of hooks that agree to be a pool's, and whose flags at some places are set."""
    told = "".join(f"600161{32 * place:04x}52" for place in flags)
    begun = f"3660041060{7 + len(told) // 2 + 5:02x}57{told}6101405ff3"
    return f"0x{begun}5b60015f5260205ff3"


class Balancer:
    """A vault of V3 with a pool, on which Multicall3 acts: the vault calls back whoever unlocks it."""

    def __init__(self, stage: Stage, rate: int, hooks: Sequence[int] = (), least: int = 10**6) -> None:
        self.stage, self.router = stage, stage.chain.contracts["multicall3"]
        main = made_next(stage, 3)
        admin = self._built("VaultAdmin", ("address", *("uint256",) * 4), (main, WEEK, WEEK, least, 10**4))
        extension = self._built("VaultExtension", ("address", "address"), (main, admin))
        fees = self._built("ProtocolFeeController", ("address", "uint256", "uint256"), (main, 5 * 10**17, 10**17))
        self.vault = self._built("Vault", ("address",) * 3, (extension, ALLOWING, fees))
        stage.node.rpc("anvil_setCode", ALLOWING, "0x60015f5260205ff3")
        assert self.vault == main
        self.tokens = sorted((stage.token(symbol) for symbol in PAIR), key=str.lower)
        named = ("B", "B", 2, (8 * 10**17, 2 * 10**17), "1", (10**6, 10**6))
        kinds = ("(string,string,uint256,uint256[],string,uint256[])", "address")
        self.pool = self._built("WeightedPool", kinds, (named, self.vault))
        rates = [RATER if rate else NOBODY, NOBODY]
        told = [(token, int(at != NOBODY), at, at != NOBODY) for token, at in zip(self.tokens, rates, strict=True)]
        self.rated(rate)
        roles, allowed = (WHO.address, WHO.address, NOBODY), (0 in hooks, False, False, False)
        hooked = HOOKS if hooks else NOBODY
        stage.node.rpc("anvil_setCode", HOOKS, hooks_with(hooks))
        values = (self.pool, told, 3 * 10**15, 2**32 - 1, False, roles, hooked, allowed)
        stage.send(self.vault, f"registerPool(address,{CONFIGURED})", *values)
        stage.mine()
        for token, amount in zip(self.tokens, (10**13, 10**21), strict=True):
            stage.send(token, "transfer(address,uint256)", self.router, amount)
        stage.mine()
        listed = chains.Pool(venue="balancer", tokens=PAIR, address=self.pool)
        self.chain = stage.with_pools("balancer", chains.BalancerV3(kind="balancer-v3", vault=self.vault), listed)

    def rated(self, rate: int) -> None:
        """The first token's rate, at 18 decimals."""
        self.stage.node.rpc("anvil_setCode", RATER, "0x" + ANSWERS_ITS_SLOT.hex())
        self.stage.node.rpc("anvil_setStorageAt", RATER, "0x" + "00" * 32, f"0x{rate:064x}")

    def act(self, *calls: tuple[str, bytes]) -> None:
        """Calls while the vault is unlocked, all or none."""
        inner = packed("aggregate3((address,bool,bytes)[])", [(to, False, data) for to, data in calls])
        outer = [(self.vault, False, packed("unlock(bytes)", inner))]
        data = "0x" + packed("aggregate3((address,bool,bytes)[])", outer).hex()
        self.stage.node.rpc("eth_sendTransaction", {"from": OWNER, "to": self.router, "data": data, "gas": hex(10**6)})

    def pay(self, token: str, amount: int) -> list[tuple[str, bytes]]:
        """What pays the vault."""
        transfer = packed("transfer(address,uint256)", self.vault, amount)
        return [(token, transfer), (self.vault, packed("settle(address,uint256)", token, amount))]

    def open(self) -> None:
        """The first liquidity."""
        amounts = (10**12, 10**21)
        signature = "initialize(address,address,address[],uint256[],uint256,bytes)"
        first = packed(signature, self.pool, self.router, self.tokens, amounts, 0, b"")
        paid = [call for token, amount in zip(self.tokens, amounts, strict=True) for call in self.pay(token, amount)]
        self.act(*paid, (self.vault, first))

    def swap(self, i: int, amount: int, out: int) -> None:
        """A swap that pays just what is expected: the vault refuses to close with any other sum."""
        sold, bought = self.tokens[i], self.tokens[1 - i]
        sell = packed(SWAP_OF_BALANCER, (0, self.pool, sold, bought, amount, 0, b""))
        take = packed("sendTo(address,address,uint256)", bought, self.router, out)
        self.act(*self.pay(sold, amount), (self.vault, sell), (self.vault, take))

    def provide(self, amounts: Sequence[int]) -> None:
        """Liquidity of any amounts."""
        signature = "addLiquidity((address,address,uint256[],uint256,uint8,bytes))"
        more = packed(signature, (self.pool, self.router, amounts, 0, 1, b""))
        paid = [call for token, amount in zip(self.tokens, amounts, strict=True) for call in self.pay(token, amount)]
        self.act(*paid, (self.vault, more))

    def withdraw(self, i: int, amount: int) -> None:
        """Liquidity taken back in one token."""
        signature = "removeLiquidity((address,address,uint256,uint256[],uint8,bytes))"
        amounts = [amount if at == i else 0 for at in range(2)]
        less = packed(signature, (self.pool, self.router, 1 << 100, amounts, 2, b""))
        take = packed("sendTo(address,address,uint256)", self.tokens[i], self.router, amount)
        self.act((self.vault, less), (self.vault, take))

    def _built(self, name: str, kinds: Sequence[str], values: Sequence[object]) -> str:
        return created(self.stage.node, WHO, BALANCER / f"{name}.sol/{name}.json", kinds, values)


@pytest.mark.parametrize("rate", [0, 1_234_567_890_123_456_789])
def test_pools_of_balancer_v3_are_followed(stage: Stage, rate: int) -> None:
    found, random = Balancer(stage, rate), Random(8)
    picture = stage.picture(found.chain)
    assert "does not answer getPoolData" in picture.excluded[found.pool]
    found.open()
    (state,) = stage.follow(picture)
    assert (state.balances, state.fee, state.protocol_share) == ((10**12, 10**21), 3 * 10**15, 5 * 10**17)
    for turn in range(15):
        match random.randrange(5):
            case 0:
                found.provide([random.randrange(10**9), random.randrange(10**18)])
            case 1:
                found.withdraw(turn % 2, random.randrange(10**8))
            case _:
                expected: Any = picture.pools[found.pool]
                state = expected
                for i in random.choices((0, 1), k=random.randint(1, 3)) if not rate else [turn % 2]:
                    amount = random.randrange(10**6, state.balances[i] // 50)
                    found.swap(i, amount, expected.amount_out(i, 1 - i, amount) or 0)
                    expected = expected.after(i, 1 - i, amount)
                stage.follow(picture)
                assert picture.pools[found.pool] == expected
        if rate and turn % 3 == 0:
            rate += rate // 1_000
            found.rated(rate)
        stage.follow(picture)
        assert stage.picture(found.chain).pools == picture.pools
    stage.send(found.vault, "setStaticSwapFeePercentage(address,uint256)", found.pool, 10**16)
    assert stage.follow(picture)[0].fee == 10**16
    stage.send(found.vault, "pausePool(address)", found.pool)
    stage.mine()
    assert picture.follow(newest(stage.rpc)).gone == (found.pool,)
    assert "is paused" in picture.excluded[found.pool]


def test_a_pool_of_balancer_v3_with_nothing_new_is_not_asked(stage: Stage) -> None:
    found = Balancer(stage, 0)
    found.open()
    stage.mine()
    picture = stage.picture(found.chain)
    picture.multicall = None  # type: ignore[assignment]
    stage.mine()
    assert picture.follow(newest(stage.rpc)).changed == ()


@pytest.mark.parametrize(
    ("flags", "said"), [((0,), "change amounts"), ((3, 5), "set the fee, run after a swap"), ((6,), "")]
)
def test_hooks_that_have_a_word_in_swaps_are_not_followed(stage: Stage, flags: tuple[int, ...], said: str) -> None:
    found = Balancer(stage, 0, flags)
    found.open()
    stage.mine()
    picture = stage.picture(found.chain)
    assert (found.pool in picture.pools) == (not said)
    assert said in picture.excluded.get(found.pool, "")
    assert not said or HOOKS in picture.excluded[found.pool]


def test_a_vault_of_balancer_v3_that_is_stopped_is_noticed_when_its_pools_are_compared(stage: Stage) -> None:
    found = Balancer(stage, 0)
    found.open()
    stage.mine()
    picture = stage.picture(found.chain)
    stage.send(found.vault, "pauseVault()")
    stage.mine()
    assert picture.follow(newest(stage.rpc)).gone == ()
    assert picture.check(newest(stage.rpc), 1).gone == (found.pool,)
    assert "is paused" in picture.excluded[found.pool]


def test_a_vault_of_balancer_v3_with_another_least_trade_is_refused(stage: Stage) -> None:
    found = Balancer(stage, 0, least=10**7)
    found.open()
    stage.mine()
    assert "swaps 10000000 at least" in stage.picture(found.chain).excluded[found.pool]


def test_a_pool_of_balancer_v3_is_found_by_address_and_tokens(stage: Stage) -> None:
    found = Balancer(stage, 0)
    for listed, said in (({"address": None}, "no address"), ({"tokens": ("USDC", "DAI")}, "does not exist")):
        pools = [found.chain.pools[0].model_copy(update=listed)]
        with pytest.raises(PoolMissingError, match=said):
            find(found.chain, pools, lambda calls: stage_calls(stage, calls))


# ticks

SPACING = 10
RANGE = st.tuples(st.integers(-1_000, 1_000), st.integers(-1_000, 1_000)).filter(lambda ends: ends[0] != ends[1])
CHANGES = st.lists(st.tuples(RANGE, st.integers(1, 10**6)), min_size=1, max_size=12)


@given(CHANGES, st.integers(-4_000, 4_000), st.randoms())
def test_liquidity_that_comes_and_goes_leaves_what_positions_there_are(
    changes: list[tuple[tuple[int, int], int]], tick: int, random: Random
) -> None:
    words = concentrated.span(SPACING, tick)
    lowest, highest = words.start * WORD * SPACING, (words.stop * WORD - 1) * SPACING
    empty = UniswapV3Pool("", ("", ""), 500, SPACING, sqrt_price_at(tick), tick, 0, (), (), lowest, highest)
    held, positions = Held(empty, ()), []
    for ends, amount in changes:
        low, high = sorted(end * SPACING for end in ends)
        held = provided(held, low, high, amount)
        positions.append((low, high, amount))
        if random.random() < 0.4:
            low, high, there = positions.pop(random.randrange(len(positions)))
            taken = random.choice((there, there // 2))
            held = provided(held, low, high, -taken)
            positions.append((low, high, there - taken))
    known = {end for *ends, amount in positions for end in ends if amount and lowest <= end <= highest}
    pool: Any = held.pool
    assert pool.ticks == tuple(sorted(known))
    for at, end in enumerate(pool.ticks):
        assert held.beside[at] == sum(amount for low, high, amount in positions if end in (low, high))
        assert pool.liquidity_net[at] == sum(amount * ((end == low) - (end == high)) for low, high, amount in positions)
    assert pool.liquidity == sum(amount for low, high, amount in positions if low <= tick < high)
    assert concentrated.known(pool) == words


def test_more_liquidity_cannot_go_than_there_is() -> None:
    empty = UniswapV3Pool("", ("", ""), 500, SPACING, 1 << 96, 0, 0, (), (), -5120, 5110)
    with pytest.raises(ValueError, match="-2"):
        provided(provided(Held(empty, ()), -10, 10, 1), -10, 10, -2)


@given(st.integers(MIN_TICK, MAX_TICK), st.integers(MIN_TICK, MAX_TICK), st.sampled_from((1, 10, 60, 200, 16_384)))
def test_a_price_that_comes_near_the_end_of_what_is_known_is_read_again(tick: int, to: int, spacing: int) -> None:
    words, ends = concentrated.span(spacing, tick), concentrated.ends_of(spacing)
    lowest = max(MIN_TICK, words.start * WORD * spacing)
    highest = min(MAX_TICK, (words.stop * WORD - 1) * spacing)
    pool = UniswapV3Pool("", ("", ""), 500, spacing, sqrt_price_at(tick), tick, 1, (), (), lowest, highest)
    assert concentrated.known(pool) == words
    after = swapped(Held(pool, ()), sqrt_price_at(to), to, 2)
    word = to // spacing // WORD
    beyond = [side for side in (word - 1, word + 1) if ends[0] <= side <= ends[1] and side not in words]
    assert (after is None) == bool(beyond or word not in words)
    if after is not None:
        moved: Any = after.pool
        assert (moved.tick, moved.liquidity, moved.sqrt_price_x96) == (to, 2, sqrt_price_at(to))


def test_words_of_a_log_are_whole_or_refused() -> None:
    log = Log((SYNC,), "0x" + f"{7:064x}" + "f" * 64 + "00")
    assert (log.word(0), log.signed(1)) == (7, -1)
    assert (signed(1 << 255), signed((1 << 255) - 1)) == (-(1 << 255), (1 << 255) - 1)
    with pytest.raises(ValueError, match="0x"):
        log.word(2)


# many at once


def test_a_batch_that_is_too_much_for_the_node_is_halved(stage: Stage) -> None:
    burner, weth = Web3.to_checksum_address("0x" + "bb" * 20), stage.token("WETH")
    stage.node.rpc("anvil_setCode", burner, "0x5b5f56")
    calls = [Call(weth, "decimals()", (), ("uint8",))] * 9 + [Call(burner, "spin()", (), ("uint256",))]
    found = Multicall(stage.rpc, stage.chain.contracts["multicall3"]).try_read(calls, newest(stage.rpc).hash)
    assert found == [(18,)] * 9 + [None]


def test_a_crowd_is_read_and_followed(stage: Stage) -> None:
    with replica.serve("ethereum") as served:
        places, node, rpc = crowd(served, 1_234), DevChain(served.web3, 12), Rpc([served.web3])
        assert len({place.address for place in places}) == 1_234
        picture = Picture(stage.chain, rpc, places=places)
        assert len(picture.start(newest(rpc)).changed) == 1_234 + len(stage.chain.pools)
        moved: list[Any] = [picture.pools[place.address] for place in places[::5]]
        stir(node, moved, 1)
        node.mine()
        changed = picture.follow(newest(rpc)).changed
        assert [pool.address for pool in changed] == [pool.address for pool in moved]
        fresh = Picture(stage.chain, rpc, places=places)
        fresh.start(newest(rpc))
        assert fresh.pools == picture.pools
