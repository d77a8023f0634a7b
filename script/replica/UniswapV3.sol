// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../Base.s.sol";
import {Band, Bands} from "./Bands.sol";
import {Concentrated} from "./Concentrated.sol";
import {INonfungiblePositionManager, ISlot0, IUniswapV3Factory, IUniswapV3Pool} from "./interfaces/IUniswapV3.sol";

/// @title UniswapV3
/// @notice Uniswap V3's factory, router, quoter and position manager; positions are minted through the last. The router is
/// the first, or, as on younger chains, the second, SwapRouter02.
/// @dev A fork of which the file names no position manager runs Uniswap's code here. The descriptor that draws the positions' pictures is not placed: `tokenURI` reverts.
abstract contract UniswapV3 is Concentrated {
    string private constant PERIPHERY = "node_modules/@uniswap/v3-periphery/artifacts/contracts/";
    string private constant ROUTER_02 =
        "node_modules/@uniswap/swap-router-contracts/artifacts/contracts/SwapRouter02.sol/SwapRouter02.json";

    function placeUniswapV3(string memory venue) internal {
        address factory = venueOf(venue, "factory");
        bytes memory args = abi.encode(factory, wrappedNativeOf());
        place(
            factory,
            "node_modules/@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json",
            ".bytecode",
            ""
        );
        string memory path = venuePath(venue);
        if (exists(string.concat(path, "router"))) {
            placePeriphery(venueOf(venue, "router"), "SwapRouter.sol/SwapRouter.json", args);
        }
        if (exists(string.concat(path, "quoter"))) {
            placePeriphery(venueOf(venue, "quoter"), "lens/QuoterV2.sol/QuoterV2.json", args);
        }
        address manager = sideAddress(string.concat("no positions of ", venue));
        if (exists(string.concat(path, "positionManager"))) {
            manager = venueOf(venue, "positionManager");
            address descriptor = addressOr(string.concat(path, "positionDescriptor"));
            placePeriphery(
                manager,
                "NonfungiblePositionManager.sol/NonfungiblePositionManager.json",
                bytes.concat(args, abi.encode(descriptor))
            );
        }
        if (exists(string.concat(path, "router02"))) {
            bytes memory places = abi.encode(address(0), factory, manager, wrappedNativeOf());
            place(venueOf(venue, "router02"), ROUTER_02, ".bytecode", places);
        }
    }

    function placePeriphery(address site, string memory path, bytes memory args) private {
        place(site, string.concat(PERIPHERY, path), ".bytecode", args);
    }

    function seedUniswapV3(PoolSpec memory spec) internal {
        (string memory symbol0, string memory symbol1) = ordered(spec.tokens);
        if (!exists(string.concat(venuePath(spec.venue), "positionManager"))) return seedUnmanaged(spec);
        INonfungiblePositionManager manager = INonfungiblePositionManager(venueOf(spec.venue, "positionManager"));
        (address token0, address token1) = (tokenOf(symbol0), tokenOf(symbol1));
        address pool =
            manager.createAndInitializePoolIfNecessary(token0, token1, spec.fee, sqrtPriceX96(symbol0, symbol1));
        // forge-lint: disable-next-line(unsafe-typecast): the oracle has 65,535 slots at most
        IUniswapV3Pool(pool).increaseObservationCardinalityNext(uint16(uintAt(".replica.observations")));
        uint256 amount0 = amountFor(symbol0, depthOf(spec.name));
        uint256 amount1 = amountFor(symbol1, depthOf(spec.name));
        allow(token0, address(manager), amount0);
        allow(token1, address(manager), amount1);
        mintBands(manager, pool, amount0, amount1);
        allow(token0, address(manager), 0);
        allow(token1, address(manager), 0);
    }

    /// @dev Straight into the pool.
    function seedUnmanaged(PoolSpec memory spec) private {
        (string memory symbol0, string memory symbol1) = ordered(spec.tokens);
        IUniswapV3Pool pool = IUniswapV3Pool(
            IUniswapV3Factory(venueOf(spec.venue, "factory")).createPool(tokenOf(symbol0), tokenOf(symbol1), spec.fee)
        );
        pool.initialize(sqrtPriceX96(symbol0, symbol1));
        seedBands(pool, spec);
    }

    function mintBands(INonfungiblePositionManager manager, address pool, uint256 amount0, uint256 amount1) private {
        (, int24 tick) = ISlot0(pool).slot0();
        Band[] memory bands = Bands.around(tick, IUniswapV3Pool(pool).tickSpacing());
        INonfungiblePositionManager.MintParams memory position;
        position.token0 = IUniswapV3Pool(pool).token0();
        position.token1 = IUniswapV3Pool(pool).token1();
        position.fee = IUniswapV3Pool(pool).fee();
        position.recipient = holder;
        position.deadline = block.timestamp;
        for (uint256 i; i < bands.length; ++i) {
            (position.tickLower, position.tickUpper) = (bands[i].lower, bands[i].upper);
            position.amount0Desired = amount0 * bands[i].percent / 100;
            position.amount1Desired = amount1 * bands[i].percent / 100;
            vm.prank(holder);
            manager.mint(position);
        }
    }
}
