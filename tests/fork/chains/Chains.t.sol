// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {DeepeningSuite} from "./DeepeningSuite.sol";
import {PoolsSuite} from "./PoolsSuite.sol";
import {RoutesSuite} from "./RoutesSuite.sol";

// Each suite on each chain: on its replica, or on the endpoint that <CHAIN>_RPC_URL names.

/* POOLS */

contract Pools_Ethereum is PoolsSuite {
    function chain() internal pure override returns (string memory) {
        return "ethereum";
    }
}

contract Pools_Base is PoolsSuite {
    function chain() internal pure override returns (string memory) {
        return "base";
    }
}

contract Pools_Arbitrum is PoolsSuite {
    function chain() internal pure override returns (string memory) {
        return "arbitrum";
    }
}

contract Pools_Optimism is PoolsSuite {
    function chain() internal pure override returns (string memory) {
        return "optimism";
    }
}

contract Pools_Polygon is PoolsSuite {
    function chain() internal pure override returns (string memory) {
        return "polygon";
    }
}

contract Pools_Bsc is PoolsSuite {
    function chain() internal pure override returns (string memory) {
        return "bsc";
    }
}

/* ROUTES */

contract Routes_Ethereum is RoutesSuite {
    function chain() internal pure override returns (string memory) {
        return "ethereum";
    }
}

contract Routes_Base is RoutesSuite {
    function chain() internal pure override returns (string memory) {
        return "base";
    }
}

contract Routes_Arbitrum is RoutesSuite {
    function chain() internal pure override returns (string memory) {
        return "arbitrum";
    }
}

contract Routes_Optimism is RoutesSuite {
    function chain() internal pure override returns (string memory) {
        return "optimism";
    }
}

contract Routes_Polygon is RoutesSuite {
    function chain() internal pure override returns (string memory) {
        return "polygon";
    }
}

contract Routes_Bsc is RoutesSuite {
    function chain() internal pure override returns (string memory) {
        return "bsc";
    }
}

/* DEEPENING */

contract Deepening_Ethereum is DeepeningSuite {
    function chain() internal pure override returns (string memory) {
        return "ethereum";
    }
}

contract Deepening_Base is DeepeningSuite {
    function chain() internal pure override returns (string memory) {
        return "base";
    }
}

contract Deepening_Arbitrum is DeepeningSuite {
    function chain() internal pure override returns (string memory) {
        return "arbitrum";
    }
}

contract Deepening_Optimism is DeepeningSuite {
    function chain() internal pure override returns (string memory) {
        return "optimism";
    }
}

contract Deepening_Polygon is DeepeningSuite {
    function chain() internal pure override returns (string memory) {
        return "polygon";
    }
}

contract Deepening_Bsc is DeepeningSuite {
    function chain() internal pure override returns (string memory) {
        return "bsc";
    }
}
