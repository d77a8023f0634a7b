// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../contracts/types/Route.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {HostileLender} from "../mocks/HostileLender.sol";
import {HostilePair} from "../mocks/HostilePair.sol";
import {HostilePool} from "../mocks/HostilePool.sol";
import {HostileToken} from "../mocks/HostileToken.sol";
import {FixedPool, HostileVenue} from "../mocks/HostileVenue.sol";
import {Handler, Keeper} from "./ExecutorHandlers.sol";
import {World} from "./ExecutorWorld.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Somebody with the keeper's key, and with venues, a lender and a token of its own that misbehave in turns. The
/// fourth token is its own. After every attempt, and in its transaction, an honest keeper works.
contract Thief is Handler {
    uint256 private constant TOKENS = 4;
    uint256 private constant FUNDS = 1e40;
    uint256 private constant FIXED = 1000;
    uint256 private constant KINDS = 7;
    uint256 private constant NOTHING = type(uint256).max;

    Keeper private immutable _honest;
    HostileToken private immutable _token;
    HostileLender private immutable _lender;
    HostilePool[TOKENS] private _pools;
    HostilePair[TOKENS] private _pairs;
    HostileVenue[TOKENS] private _venues;
    FixedPool[TOKENS][TOKENS] private _fixed;

    uint256 public executions;
    uint256 public heists;
    uint256 public proofs;
    uint256 public failures;

    constructor(World world, Keeper honest) Handler(world) {
        _honest = honest;
        _token = new HostileToken(_executor);
        _lender = new HostileLender();
    }

    /// @notice To be called once, when there are tokens to be had.
    function equip() external {
        _stock(address(_lender));
        for (uint256 i; i < TOKENS; ++i) {
            IERC20 paying = IERC20(_tokenAt(i));
            _stock(address(_pools[i] = new HostilePool(paying)));
            _stock(address(_pairs[i] = new HostilePair(paying)));
            _stock(address(_venues[i] = new HostileVenue(paying)));
            for (uint256 j; j < TOKENS; ++j) {
                if (j != i) _stock(address(_fixed[j][i] = new FixedPool(IERC20(_tokenAt(j)), paying, FIXED)));
            }
        }
    }

    /// @notice How often its token got into the executor once more.
    function reentries() external view returns (uint256) {
        return _token.reentries();
    }

    function _act(uint256 seed) internal override returns (bool made) {
        uint256 start = _draw(seed, 0) % 3;
        uint256 loot = _loot(seed, start);
        (Header memory header, Leg[] memory legs) = loot == NOTHING ? _route(seed, start) : _heist(seed, start, loot);
        bytes memory route = RouteEncoder.encode(header, legs);
        _token.behave(HostileToken.Manner(_often(seed, 20, 8)));
        _token.reenterWith(_tokenAt(_draw(seed, 21) % 3), route);
        vm.prank(_world.keeper());
        try _executor.execute(route) returns (uint256 profit) {
            _world.noteProfit(header.token, profit);
            ++executions;
            made = true;
        } catch (bytes memory reason) {
            made = _isPastDecoding(reason);
        }
        _world.noteLeftovers();
        if (!_executor.paused()) _prove(seed);
    }

    /// @dev Shows that nothing transient is left from the attempt. Where all is in line, a push makes a gap.
    function _prove(uint256 seed) private {
        ++proofs;
        if (_honest.work(seed)) return;
        _world.push(_draw(seed, 30) % 3, _draw(seed, 31) % 3, true, 50);
        if (!_honest.work(seed)) ++failures;
    }

    function _isPastDecoding(bytes memory reason) private pure returns (bool) {
        bytes4 selector = bytes4(reason);
        return reason.length >= 4 && selector != ErrorsLib.RouteTruncated.selector
            && selector != ErrorsLib.RouteVersionUnknown.selector && selector != ErrorsLib.RouteFlagsUnknown.selector
            && selector != ErrorsLib.LenderUnknown.selector && selector != ErrorsLib.VenueUnknown.selector
            && selector != ErrorsLib.NotKeeper.selector && selector != ErrorsLib.ExecutorPaused.selector;
    }

    /* THE ROUTE */

    function _route(uint256 seed, uint256 start) private returns (Header memory header, Leg[] memory legs) {
        uint256 count = 2 + _draw(seed, 1) % 2;
        (header.token, header.minProfit, header.deadline) = (_tokenAt(start), 1, block.timestamp);
        bool small = _isSmall(seed);
        header.amountIn = 1 + (_draw(seed, 2) >> (192 + _draw(seed, 3) % 64));
        if (small) header.amountIn = _endsFixed(seed) ? FIXED / 2 : 1;
        HostileVenue venue = _venues[_draw(seed, 4) % 2 == 0 ? start : _draw(seed, 5) % TOKENS];
        _lend(header, seed, address(venue));
        legs = new Leg[](count);
        uint256 from = start;
        for (uint256 i; i < count; ++i) {
            uint256 to = _next(from, start, count - i, _draw(seed, 6 + i));
            bool ends = small && i + 1 == count;
            legs[i] = ends ? _payingLeg(seed, from, to) : _leg(_draw(seed, 10 + i), from, to, venue);
            from = to;
        }
    }

    /// @dev Another token than the last, and on the last leg the first.
    function _next(uint256 from, uint256 start, uint256 left, uint256 seed) private pure returns (uint256 to) {
        if (left == 1) return start;
        to = seed % TOKENS;
        while (to == from || (left == 2 && to == start)) {
            to = (to + 1) % TOKENS;
        }
    }

    function _lend(Header memory header, uint256 seed, address venue) private {
        uint256 choice = _draw(seed, 15) % 5;
        if (_isSmall(seed)) choice = choice < 3 ? 1 : 4;
        if (choice == 0) return;
        header.maxFeeBps = _draw(seed, 16) % 100;
        header.lenderAddress = choice < 4 ? address(_lender) : venue;
        header.lender = choice < 3 ? RouteLib.LENDER_BALANCER_V2 : RouteLib.LENDER_AAVE_V3;
        if (choice == 4) header.lender = RouteLib.LENDER_UNISWAP_V4;
        HostileLender.Manner manner = HostileLender.Manner(_isSmall(seed) ? 0 : _often(seed, 17, 9));
        _lender.behave(manner, _isSmall(seed) ? 0 : _draw(seed, 18) % 2, _tokenAt(_draw(seed, 19) % TOKENS));
    }

    /// @dev Two attempts of three lend a few units and end where more is paid, so that many of them go through.
    function _isSmall(uint256 seed) private pure returns (bool) {
        return _draw(seed, 22) % 3 != 0;
    }

    function _endsFixed(uint256 seed) private pure returns (bool) {
        return _draw(seed, 23) % 2 == 0;
    }

    /// @dev Pays two units or a thousand, whatever it gets.
    function _payingLeg(uint256 seed, uint256 from, uint256 to) private returns (Leg memory) {
        address target = address(_fixed[from][to]);
        if (!_endsFixed(seed)) {
            target = address(_venues[to]);
            _claim(seed, _venues[to], from, to);
        }
        return Leg(RouteLib.CURVE, target, _tokenAt(to), 1);
    }

    function _leg(uint256 seed, uint256 from, uint256 to, HostileVenue venue) private returns (Leg memory) {
        uint256 kind = _draw(seed, 0) % KINDS;
        address out = _tokenAt(to);
        if (kind < 2) _behave(seed, from, to);
        if (kind == 0) return Leg(RouteLib.UNISWAP_V3, address(_pools[to]), out, 0);
        if (kind == 1) return Leg(RouteLib.UNISWAP_V2, address(_pairs[to]), out, 30);
        if (kind == 2) return Leg(RouteLib.CURVE, address(_fixed[from][to]), out, 1);
        if (kind == 3 && from != 3 && to != 3) {
            address pool = _world.pools(3 - from - to, 0);
            return Leg(RouteLib.UNISWAP_V2, pool, out, 30);
        }
        _claim(seed, venue, from, to);
        if (kind == 4) return Leg(RouteLib.UNISWAP_V4, address(venue), out, 3000 << 24 | 60);
        _claim(seed, _venues[to], from, to);
        if (kind == 5) return Leg(RouteLib.UNISWAP_V2, address(_venues[to]), out, 0);
        return Leg(RouteLib.CURVE, address(_venues[to]), out, 1);
    }

    /* HEISTS */

    /// @dev In every third attempt a token that lies at the executor, if there is one.
    function _loot(uint256 seed, uint256 start) private view returns (uint256) {
        if (_draw(seed, 24) % 3 != 0) return NOTHING;
        uint256 first = (start + 1 + _draw(seed, 25) % 2) % 3;
        if (_lies(first)) return first;
        uint256 second = 3 - start - first;
        return _lies(second) ? second : NOTHING;
    }

    /// @dev The first leg claims to have brought some of what lies there; the second pulls that, and pays two units.
    function _heist(uint256 seed, uint256 start, uint256 loot)
        private
        returns (Header memory header, Leg[] memory legs)
    {
        ++heists;
        (header.token, header.minProfit, header.deadline) = (_tokenAt(start), 1, block.timestamp);
        (header.amountIn, legs) = (1, new Leg[](2));
        uint256 claimed = 1 + _draw(seed, 26) % _world.strays(_tokenAt(loot));
        HostileVenue venue = _venues[start];
        venue.claim(claimed);
        venue.take(_tokenAt(loot));
        bool credit = _draw(seed, 27) % 2 == 0;
        (header.lender, header.lenderAddress) =
            credit ? (RouteLib.LENDER_UNISWAP_V4, address(venue)) : (RouteLib.LENDER_BALANCER_V2, address(_lender));
        _lender.behave(HostileLender.Manner.Honest, 0, header.token);
        _pools[loot].behave(HostilePool.Manner.ClaimsMore, claimed);
        legs[0] = credit
            ? Leg(RouteLib.UNISWAP_V4, address(venue), _tokenAt(loot), 3000 << 24 | 60)
            : Leg(RouteLib.UNISWAP_V3, address(_pools[loot]), _tokenAt(loot), 0);
        legs[1] = Leg(RouteLib.CURVE, address(venue), header.token, 1);
    }

    function _lies(uint256 token) private view returns (bool) {
        return _world.strays(_tokenAt(token)) != 0;
    }

    /* MANNERS */

    function _behave(uint256 seed, uint256 from, uint256 to) private {
        _pools[to].behave(HostilePool.Manner(_often(seed, 1, 12)), _amount(seed, to));
        Leg[] memory none = new Leg[](0);
        Header memory header;
        header.amountIn = 1;
        _pools[to].reenterWith(RouteEncoder.encode(header, none));
        _pairs[to].sayThatSwapped(_draw(seed, 3) % 2 == 0 ? address(_executor) : _tokenAt(from));
    }

    /// @dev Takes what it is allowed to, or leaves it.
    function _claim(uint256 seed, HostileVenue venue, uint256 from, uint256 to) private {
        venue.claim(_amount(seed, to));
        venue.take(_draw(seed, 4) % 2 == 0 ? address(0) : _tokenAt(from));
    }

    /// @dev A few units, or as much as what lies at the executor.
    function _amount(uint256 seed, uint256 to) private view returns (uint256 amount) {
        amount = 1 + _draw(seed, 5) % 2000;
        uint256 lying = _world.strays(_tokenAt(to));
        if (lying != 0 && _draw(seed, 6) % 2 == 0) amount = 1 + _draw(seed, 7) % lying;
    }

    /// @dev The first of `count`, the honest one, half of the time.
    function _often(uint256 seed, uint256 index, uint256 count) private pure returns (uint256) {
        uint256 choice = _draw(seed, index) % (2 * count);
        return choice < count ? choice : 0;
    }

    function _tokenAt(uint256 index) private view returns (address) {
        return index == 3 ? address(_token) : _world.tokens(index);
    }

    function _stock(address venue) private {
        for (uint256 i; i < TOKENS; ++i) {
            if (i == 3) _token.mint(venue, FUNDS);
            else _world.give(_tokenAt(i), venue, FUNDS);
        }
        _world.addSpender(venue);
    }
}
