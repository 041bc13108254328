export {
	type CheckUserRequest,
	OPERATION,
	readCheckUser,
	readCheckUserResponse,
	SERVICE_NAMESPACE,
	writeCheckUserResponse,
} from './check-user';
export {
	type FaultCode,
	SoapFault,
	type SoapMessage,
	type SoapVersion,
	versionOfContentType,
	writeFault,
} from './envelope';
export { localName, parseWsdl, writeWsdl, type WsdlDocument, type WsdlElement } from './wsdl';
export { readSoapPorts, reduceWsdl, type SoapPort } from './wsdl-reading';
