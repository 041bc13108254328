export type { PhoneProblem } from '../../shared/wire/phone';
export { ElektrikInputError, ElektrikMessageError, MessageLimitError } from './errors';
export {
	CHECK_ACTION,
	findCheckAnswer,
	findUpdateAnswer,
	ODD_HASH,
	readCheckAnswer,
	readCheckRequest,
	readPoints,
	readUpdateAnswer,
	readYesNo,
	UPDATE_ACTION,
	type UpdateAnswer,
	type UserCheck,
	writeCheckAnswer,
	writeCheckRequest,
	writeErrorAnswer,
	writeUpdateRequest,
} from './messages';
export { hashOfPhone, hashPhone, readPhone, readPhoneHash } from './phone-hash';
export {
	type CheckUserRequest,
	OPERATION,
	readCheckUser,
	readCheckUserResponse,
	SERVICE_NAMESPACE,
	writeCheckUserResponse,
} from './soap/check-user';
export {
	type FaultCode,
	SoapFault,
	type SoapMessage,
	type SoapVersion,
	versionOfContentType,
	writeFault,
} from './soap/envelope';
export { localName, parseWsdl, writeWsdl, type WsdlDocument, type WsdlElement } from './soap/wsdl';
export { readSoapPorts, reduceWsdl, type SoapPort } from './soap/wsdl-reading';
