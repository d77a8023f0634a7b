"""A portal that trusts dispute games in place of the replica's, of the published contracts, and who makes games."""

import json
from pathlib import Path
from typing import Any

from chore_stage import Stage
from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from op_relay import CHALLENGE, DAY, Proposer, acted

from harness.devchain import DevChain
from harness.keeper.abi import calldata
from harness.keeper.chores.rollup import Output
from harness.settings import KEEPER, ROOT, dev_account

BEDROCK = ROOT / "node_modules/@eth-optimism/contracts-bedrock/forge-artifacts"
CLOCK = 7 * DAY // 2
"""Seconds that somebody may take to contradict a game's claim, and that a game that was won is then let lie."""
CANNON = 0
"""The kind of games that counts."""


class Gamer(Proposer):
    """The same with dispute games: a portal that trusts them takes the place of the replica's, as on the real chain."""

    def __init__(self, below: Stage, above: Stage, name: str) -> None:
        super().__init__(below, above, name)
        node = below.node
        system, superchain = (_address(node, self.address, what) for what in ("systemConfig()", "superchainConfig()"))
        self.factory = self._behind_proxy("DisputeGameFactory", calldata("initialize(address)", self.holder))
        registry = self._registry()
        weth = self._behind_proxy(
            "DelayedWETH", calldata("initialize(address,address)", self.holder, superchain), ("uint256", CHALLENGE)
        )
        game = self._game(weth, registry)
        self._hold(self.factory, "setImplementation(uint32,address)", CANNON, game)
        portal = self._placed("OptimismPortal2", ("uint256", CHALLENGE), ("uint256", CLOCK))
        code = node.web3.eth.get_code(to_checksum_address(portal))
        node.rpc("anvil_setCode", self.address, code.to_0x_hex())
        for slot in (0, 50):  # whether it has been set up, and who acts
            node.rpc("anvil_setStorageAt", self.address, f"{slot:#066x}", f"{0:#066x}")
        self._hold(self.address, "initialize(address,address,address,uint32)", self.factory, system, superchain, CANNON)
        node.mine()

    def propose(self, root: bytes = b"") -> Output:
        """Somebody makes a game about the rollup's state, or about something else."""
        true, number = self.root()
        said, place = root or true, self.below.node.view(self.factory, "gameCount()")
        self._hold(self.factory, "create(uint32,bytes32,bytes)", CANNON, said, number.to_bytes(32))
        return Output(place, said, number)

    def game(self, output: Output) -> str:
        """The game about an output."""
        data = calldata("gameAtIndex(uint256)", output.place)
        answer = self.below.node.web3.eth.call({"to": self.factory, "data": HexBytes(data)})
        return to_checksum_address(decode(["uint32", "uint64", "address"], answer)[2])

    def undo(self, output: Output) -> None:
        """The guardian bars a game."""
        self._hold(self.address, "blacklistDisputeGame(address)", self.game(output))

    def retire(self) -> None:
        """The guardian says anew which kind counts: games so far do not."""
        self._hold(self.address, "setRespectedGameType(uint32)", CANNON)

    def contradict(self, output: Output) -> None:
        """Somebody contradicts a game's claim, which nobody defends."""
        game, node = self.game(output), self.below.node
        bond = node.view(game, "getRequiredBond(uint128)", 2)
        data = calldata("attack(bytes32,uint256,bytes32)", output.root, 0, keccak(b"another"))
        assert acted(node, self.holder, game, data, bond)["status"] == 1

    def resolve(self) -> None:
        """The clocks run out, and games are decided."""
        node = self.below.node
        node.mine(CLOCK + 60)
        for place in range(node.view(self.factory, "gameCount()")):
            game = self.game(Output(place, b"", 0))
            if node.view(game, "status()") == 0:
                for claim in reversed(range(node.view(game, "claimDataLen()"))):
                    self._hold(game, "resolveClaim(uint256,uint256)", claim, 0)
                self._hold(game, "resolve()")

    def age(self) -> None:
        """Games are decided, and the time passes after that."""
        self.resolve()
        super().age()

    def _game(self, weth: str, registry: str) -> str:
        kinds = (
            "uint32",
            "bytes32",
            "uint256",
            "uint256",
            "uint64",
            "uint64",
            "address",
            "address",
            "address",
            "uint256",
        )
        machine, chain_id = dev_account(KEEPER).address, self.above.chain.chain_id
        values = (CANNON, keccak(b"a machine's start"), 73, 30, 3 * 3600, CLOCK, machine, weth, registry, chain_id)
        return self._placed("FaultDisputeGame", *zip(kinds, values, strict=True))

    def _registry(self) -> str:
        anchor = (CANNON, (keccak(b"where games begin"), self.above.chain.pinned.block))
        begin = calldata("initialize((uint32,(bytes32,uint256))[])", [anchor])
        return self._behind_proxy("AnchorStateRegistry", begin, ("address", self.factory))

    def _behind_proxy(self, name: str, begin: bytes, *arguments: tuple[str, Any]) -> str:
        proxy = self._placed("Proxy", ("address", self.holder))
        self._hold(proxy, "upgradeToAndCall(address,bytes)", self._placed(name, *arguments), begin)
        return proxy

    def _placed(self, name: str, *arguments: tuple[str, Any]) -> str:
        receipt = acted(self.below.node, self.holder, None, _creation(BEDROCK / f"{name}.sol/{name}.json", *arguments))
        assert receipt["status"] == 1, name
        return str(receipt["contractAddress"])

    def _hold(self, to: str, signature: str, *values: object) -> None:
        """The holder, who is everybody here, does something."""
        assert acted(self.below.node, self.holder, to, calldata(signature, *values))["status"] == 1, signature


def _creation(path: Path, *arguments: tuple[str, Any]) -> bytes:
    code = bytes.fromhex(json.loads(path.read_text())["bytecode"]["object"].removeprefix("0x"))
    return code + encode([kind for kind, _ in arguments], [value for _, value in arguments])


def _address(node: DevChain, of: str, what: str) -> str:
    return to_checksum_address(f"{node.view(of, what):#042x}")
