"""Validates messages of SOAP against the schema in a WSDL, with libxml2 (lxml, which zeep needs).

Standard input: JSON {wsdl: text, messages: [text]}. Standard output: a JSON list, for each message
the list of what is wrong with the content of its body.
"""

import json
import sys

from lxml import etree

SCHEMA = "{http://www.w3.org/2001/XMLSchema}schema"

asked = json.load(sys.stdin)
description = etree.fromstring(asked["wsdl"].encode())
# Written out and read again, with the namespaces that the elements around it declare.
schema_text = etree.tostring(description.find(f".//{SCHEMA}"))
schema = etree.XMLSchema(etree.fromstring(schema_text))


def problems(message):
    body = etree.fromstring(message.encode()).find("{*}Body")
    schema.validate(body[0])
    return [entry.message for entry in schema.error_log]


json.dump([problems(message) for message in asked["messages"]], sys.stdout)
