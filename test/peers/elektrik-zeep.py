"""A SOAP client in Python, zeep: it knows nothing but the address of a WSDL.

Argument: that address. Standard input: JSON {phones: [...], arParameters?: bool, port?: name}.
Standard output: a JSON list, for each phone {exist, points} by Python's types or {fault, reason}.
"""

import json
import sys

from zeep import Client, Settings
from zeep.exceptions import Fault

asked = json.load(sys.stdin)
client = Client(sys.argv[1], settings=Settings(strict=True))
service = client.bind(port_name=asked["port"]) if "port" in asked else client.service


def check(phone):
    parameters = {"phone": phone}
    if asked.get("arParameters"):
        parameters = {"arParameters": parameters}
    try:
        result = service.CheckUser(**parameters)
    except Fault as fault:
        return {"fault": fault.code, "reason": fault.message}
    # zeep takes the response out of its wrapper.
    return {"exist": result.exist, "points": result.points}


json.dump([check(phone) for phone in asked["phones"]], sys.stdout)
