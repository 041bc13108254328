export { OPERATION, readCheckUser, SERVICE_NAMESPACE, writeCheckUserResponse } from './check-user';
export type { CheckUserRequest } from './check-user';
export { SoapFault, writeFault, type FaultCode } from './faults';
export { versionOfContentType, type SoapMessage, type SoapVersion } from './versions';
export { writeWsdl } from './wsdl';
export { readSoapPorts, type SoapPort } from './wsdl-ports';
