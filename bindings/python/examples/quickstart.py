"""Creates a retention session and prints its id.

RENUMERATE_PRIVATE_KEY=… python quickstart.py [CUSTOMER_ID]
"""

import sys

from renumerate_sdk import Client, NotFoundError, RenumerateError


def main(customer_id: str = "cus_NffrFeUfNV2Hib") -> int:
    try:
        with Client() as client:
            session = client.create_retention_session(customer_id=customer_id)
    except NotFoundError:
        print(f"there is no customer {customer_id}", file=sys.stderr)
        return 1
    except RenumerateError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 1
    print(session.id)  # ret_…, for the page of this customer; do not log it
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
