// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {Header, Leg} from "../../contracts/types/Route.sol";

import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {World} from "./ExecutorWorld.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice One party. It counts what it tries and what comes of it.
abstract contract Handler is Test {
    World internal immutable _world;
    IFlashExecutor internal immutable _executor;
    uint256 public calls;
    uint256 public successes;

    constructor(World world) {
        (_world, _executor) = (world, world.executor());
    }

    /// @dev Acts, and says whether it did what it came for.
    function _act(uint256 seed) internal virtual returns (bool);

    function act(uint256 seed) external {
        ++calls;
        if (_act(seed)) ++successes;
        _world.noteReserve();
    }

    function _draw(uint256 seed, uint256 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index)));
    }
}

/// @notice Pushes pools out of line.
contract Trader is Handler {
    constructor(World world) Handler(world) {}

    function _act(uint256 seed) internal override returns (bool swapped) {
        uint256 share = 5 + _draw(seed, 3) % 75;
        try _world.push(_draw(seed, 0) % 3, _draw(seed, 1) % 3, _draw(seed, 2) % 2 == 0, share) {
            return true;
        } catch {}
    }
}

/// @notice Finds a cycle that earns, of two legs or of three, and executes it.
contract Keeper is Handler {
    uint256 private constant TWO_LEGS = 36;
    uint256 private constant CYCLES = TWO_LEGS + 162;
    /// @dev No divisor of the number of cycles, so that they are all looked at.
    uint256 private constant STRIDE = 37;
    uint16 private constant POOL_FEE_BPS = 30;

    address private immutable _lender;

    constructor(World world, address lender) Handler(world) {
        _lender = lender;
    }

    function _act(uint256 seed) internal override returns (bool) {
        return work(seed);
    }

    /// @return executed Whether there was a cycle, and the executor took it.
    function work(uint256 seed) public returns (bool executed) {
        bool pays = _draw(seed, 0) % 4 == 0;
        (address token, Leg[] memory legs, uint256 best) = _find(seed, pays ? POOL_FEE_BPS : 0);
        if (best == 0) return false;
        Header memory header = _header(seed, token, best);
        _chooseLender(header, seed, pays ? _poolOutside(token, legs) : address(0));
        bytes memory route = RouteEncoder.encode(header, legs);
        vm.prank(_world.keeper());
        try _executor.execute(route) returns (uint256 profit) {
            _world.noteProfit(token, profit);
            return true;
        } catch {}
    }

    /* THE AMOUNT AND THE LENDER */

    /// @dev Sized by the executor, or from a quarter of the best amount to all of it.
    function _header(uint256 seed, address token, uint256 best) private view returns (Header memory header) {
        (header.token, header.minProfit, header.deadline) = (token, 1, block.timestamp);
        if (_draw(seed, 1) % 2 == 0) header.cap = best / 2 + _draw(seed, 2) % best;
        else header.amountIn = best - _draw(seed, 2) % (best * 3 / 4);
    }

    function _chooseLender(Header memory header, uint256 seed, address pool) private view {
        // What traders have left of the token in the pool may be too little.
        if (pool != address(0) && IERC20(header.token).balanceOf(pool) >= header.amountIn + header.cap) {
            (header.lender, header.lenderAddress) = (RouteLib.LENDER_UNISWAP_V3, pool);
            header.maxFeeBps = POOL_FEE_BPS;
            return;
        }
        uint256 choice = _draw(seed, 3) % 3;
        if (choice == 0) return;
        header.lenderAddress = _lender;
        header.lender = choice == 1 ? RouteLib.LENDER_BALANCER_V2 : RouteLib.LENDER_AAVE_V3;
    }

    /// @return pool A concentrated pool of the token in which the route does not trade, if there is one.
    function _poolOutside(address token, Leg[] memory legs) private view returns (address pool) {
        for (uint256 third; third < 3; ++third) {
            if (_world.tokens(third) == token) continue;
            pool = _world.pools(third, _world.CONCENTRATED());
            bool inside;
            for (uint256 i; i < legs.length; ++i) {
                if (legs[i].target == pool) inside = true;
            }
            if (!inside) return pool;
        }
        return address(0);
    }

    /* THE CYCLE */

    /// @dev The amount that earns most of the first such cycle; 0 where no cycle earns anything worth while.
    function _find(uint256 seed, uint256 feeBps) private view returns (address token, Leg[] memory legs, uint256 best) {
        for (uint256 i; i < CYCLES; ++i) {
            (token, legs) = _cycle((seed % CYCLES + i * STRIDE) % CYCLES);
            uint256 back;
            (best, back) = _executor.sizer().size(token, _packed(legs), feeBps, type(uint128).max);
            uint256 owed = best + best * feeBps / 10_000;
            if (back > owed + owed / 1000) return (token, legs, best);
        }
        return (token, legs, 0);
    }

    function _cycle(uint256 index) private view returns (address token, Leg[] memory legs) {
        uint256 start = index % 3;
        uint256 next = (start + 1 + index / 3 % 2) % 3;
        token = _world.tokens(start);
        if (index < TWO_LEGS) return (token, _there(start, next, index / 6));
        index = (index - TWO_LEGS) / 6;
        uint256 third = 3 - start - next;
        legs = new Leg[](3);
        legs[0] = _leg(start, next, index % 3);
        legs[1] = _leg(next, third, index / 3 % 3);
        legs[2] = _leg(third, start, index / 9);
    }

    /// @dev There by one of the three pools and back by another.
    function _there(uint256 start, uint256 next, uint256 choice) private view returns (Leg[] memory legs) {
        legs = new Leg[](2);
        legs[0] = _leg(start, next, choice % 3);
        legs[1] = _leg(next, start, (choice + 1 + choice / 3) % 3);
    }

    function _leg(uint256 from, uint256 to, uint256 index) private view returns (Leg memory) {
        address pool = _world.pools(3 - from - to, index);
        if (index == _world.CONCENTRATED()) return Leg(RouteLib.UNISWAP_V3, pool, _world.tokens(to), 0);
        return Leg(RouteLib.UNISWAP_V2, pool, _world.tokens(to), 30);
    }

    function _packed(Leg[] memory legs) private pure returns (bytes memory packed) {
        for (uint256 i; i < legs.length; ++i) {
            packed = bytes.concat(packed, RouteEncoder.encodeLeg(legs[i]));
        }
    }
}

/// @notice Sends tokens and native coin to the executor for nothing.
contract Donor is Handler {
    constructor(World world) Handler(world) {}

    function _act(uint256 seed) internal override returns (bool) {
        uint256 amount = 1 + (_draw(seed, 1) >> (160 + _draw(seed, 2) % 96));
        uint256 index = _draw(seed, 0) % 4;
        address token = index == 3 ? address(0) : _world.tokens(index);
        if (index == 3) vm.deal(address(_executor), address(_executor).balance + amount);
        else _world.give(token, address(_executor), amount);
        _world.noteStray(token, amount);
        return true;
    }
}

/// @notice Anyone, who sends to the reserve what lies at the executor: of the first token of which there is something.
contract Skimmer is Handler {
    constructor(World world) Handler(world) {}

    function _act(uint256 seed) internal override returns (bool skimmed) {
        address anyone = address(uint160(_draw(seed, 0) | 1 << 32));
        for (uint256 i; i < 4; ++i) {
            uint256 index = (seed % 4 + i) % 4;
            address token = index == 3 ? address(0) : _world.tokens(index);
            vm.prank(anyone);
            try _executor.skim(token) {
                _world.noteSkim(token);
                return true;
            } catch {}
        }
    }
}

/// @notice The guardian pauses once in twelve acts; governance ends a pause, or else sets or ends the restriction to listed
/// pools, to which all honest pools and lenders belong.
contract Rulers is Handler {
    address private immutable _guardian;
    address private immutable _governance;

    constructor(World world, address guardian, address governance) Handler(world) {
        (_guardian, _governance) = (guardian, governance);
    }

    function _act(uint256 seed) internal override returns (bool) {
        uint256 choice = _draw(seed, 0) % 12;
        bool pauses = choice == 0;
        vm.startPrank(pauses ? _guardian : _governance);
        if (pauses) _executor.pause();
        else if (_executor.paused()) _executor.unpause();
        else _executor.restrictPools(choice < 3);
        vm.stopPrank();
        return true;
    }
}
