export { OPERATION, readCheckUser, SERVICE_NAMESPACE, writeCheckUserResponse } from './check-user';
export type { CheckUserRequest } from './check-user';
export { readCheckUserResponse } from './check-user-response';
export { SoapFault, writeFault, type FaultCode } from './faults';
export { versionOfContentType, type SoapMessage, type SoapVersion } from './versions';
export { writeWsdl } from './wsdl';
export { localName, parseWsdl, type WsdlDocument, type WsdlElement } from './wsdl-document';
export { reduceWsdl } from './wsdl-reduction';
export { readSoapPorts, type SoapPort } from './wsdl-ports';
