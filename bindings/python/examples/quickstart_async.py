"""Creates a retention session with asyncio and prints its id.

RENUMERATE_PRIVATE_KEY=… python quickstart_async.py [CUSTOMER_ID]
"""

import asyncio
import sys

from renumerate_sdk import AsyncClient, NotFoundError, RenumerateError


async def main(customer_id: str = "cus_NffrFeUfNV2Hib") -> int:
    try:
        async with AsyncClient() as client:
            session = await client.create_retention_session(customer_id=customer_id)
    except NotFoundError:
        print(f"there is no customer {customer_id}", file=sys.stderr)
        return 1
    except RenumerateError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 1
    print(session.id)  # ret_…, for the page of this customer; do not log it
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:2])))
