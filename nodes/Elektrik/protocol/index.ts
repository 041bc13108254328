export type { PhoneProblem } from '../../shared/wire/phone';
export { ElektrikInputError, ElektrikMessageError, MessageLimitError } from './errors';
export {
	CHECK_ACTION,
	findCheckAnswer,
	findUpdateAnswer,
	ODD_HASH,
	readCheckAnswer,
	readCheckRequest,
	readUpdateAnswer,
	readYesNo,
	UPDATE_ACTION,
	type UpdateAnswer,
	type UserCheck,
	writeCheckAnswer,
	writeCheckRequest,
	writeErrorAnswer,
	writeUpdateRequest,
} from './json-messages';
export { hashOfPhone, hashPhone, readPhone, readPhoneHash } from './phone';
export { readPoints } from './points';
export {
	type CheckUserRequest,
	type FaultCode,
	localName,
	OPERATION,
	parseWsdl,
	readCheckUser,
	readCheckUserResponse,
	readSoapPorts,
	reduceWsdl,
	SERVICE_NAMESPACE,
	SoapFault,
	type SoapMessage,
	type SoapPort,
	type SoapVersion,
	versionOfContentType,
	writeCheckUserResponse,
	writeFault,
	writeWsdl,
	type WsdlDocument,
	type WsdlElement,
} from './soap';
