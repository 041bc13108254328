import { OPERATION, SERVICE_NAMESPACE } from './check-user';
import { escapeXml } from './xml';

/** How the operation is bound to a version of SOAP. */
function binding(name: string, prefix: string): string {
	const use = `<${prefix}:body use="literal"/>`;
	return `	<binding name="${name}" type="tns:DistributorPort">
		<${prefix}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
		<operation name="${OPERATION}">
			<${prefix}:operation soapAction="${SERVICE_NAMESPACE}#${OPERATION}" style="document"/>
			<input>${use}</input>
			<output>${use}</output>
		</operation>
	</binding>`;
}

function port(name: string, bindingName: string, prefix: string, address: string): string {
	return `		<port name="${name}" binding="tns:${bindingName}">
			<${prefix}:address location="${escapeXml(address)}"/>
		</port>`;
}

/**
 * The description of a distributor's service (WSDL 1.1, document/literal wrapped): clients read it
 * to learn how to call `CheckUser`. SOAP 1.2 stands first, as the portal uses it
 * (docs/protocols/elektrik.md, 4.1).
 *
 * @param address where clients are to send to, as they see it
 */
export function writeWsdl(address: string): string {
	return `<?xml version="1.0" encoding="utf-8"?>
<definitions name="Distributor" targetNamespace="${SERVICE_NAMESPACE}" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="${SERVICE_NAMESPACE}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
	<types>
		<xsd:schema targetNamespace="${SERVICE_NAMESPACE}" elementFormDefault="qualified">
			<xsd:element name="${OPERATION}">
				<xsd:complexType>
					<xsd:sequence>
						<xsd:element name="phone" type="xsd:string" minOccurs="0"/>
						<xsd:element name="arParameters" type="tns:Parameters" minOccurs="0"/>
					</xsd:sequence>
				</xsd:complexType>
			</xsd:element>
			<xsd:complexType name="Parameters">
				<xsd:sequence>
					<xsd:element name="phone" type="xsd:string"/>
				</xsd:sequence>
			</xsd:complexType>
			<xsd:element name="${OPERATION}Response">
				<xsd:complexType>
					<xsd:sequence>
						<xsd:element name="${OPERATION}Result" type="tns:${OPERATION}Result"/>
					</xsd:sequence>
				</xsd:complexType>
			</xsd:element>
			<xsd:complexType name="${OPERATION}Result">
				<xsd:sequence>
					<xsd:element name="exist" type="xsd:boolean"/>
					<xsd:element name="points" type="xsd:double" minOccurs="0"/>
				</xsd:sequence>
			</xsd:complexType>
		</xsd:schema>
	</types>
	<message name="${OPERATION}Input"><part name="parameters" element="tns:${OPERATION}"/></message>
	<message name="${OPERATION}Output"><part name="parameters" element="tns:${OPERATION}Response"/></message>
	<portType name="DistributorPort">
		<operation name="${OPERATION}">
			<input message="tns:${OPERATION}Input"/>
			<output message="tns:${OPERATION}Output"/>
		</operation>
	</portType>
${binding('DistributorSoap12', 'soap12')}
${binding('DistributorSoap11', 'soap')}
	<service name="Distributor">
${port('DistributorSoap12', 'DistributorSoap12', 'soap12', address)}
${port('DistributorSoap11', 'DistributorSoap11', 'soap', address)}
	</service>
</definitions>
`;
}
