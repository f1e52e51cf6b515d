import type { TransportAddress } from '../../address.ts';
import {
  attribute,
  ChangeRequest,
  type ChangeRequestValue,
  OtherAddress,
  ResponseOrigin,
  readAttribute,
  UNKNOWN_ATTRIBUTE,
  UnknownAttributes,
  XorMappedAddress,
} from '../../stun/index.ts';
import type { AlternateAddresses } from '../alternate-addresses.ts';
import type { ReceivedMessage } from '../request.ts';
import { respondError, respondSuccess } from '../respond.ts';
import type { ServerState } from '../server-state.ts';

/**
 * Binding (RFC 8489 §7.3.1): tells anybody, without authentication, the address that the request came from. Where the
 * server has two addresses and two ports, it also helps to discover how a NAT behaves (RFC 5780 §6.1).
 */
export function handleBindingRequest(state: ServerState, request: ReceivedMessage): void {
  const { fiveTuple, message } = request;
  const mapped = attribute(XorMappedAddress, fiveTuple.clientAddress);
  const change = readAttribute(message, ChangeRequest);
  const alternates = fiveTuple.transport === 'udp' ? state.options.alternatesOf?.(fiveTuple.serverAddress) : undefined;

  if (alternates === undefined) {
    // Without other addresses the attribute is as good as unknown (RFC 5780 §6.1).
    if (change === undefined) return respondSuccess(state, request, [mapped]);
    return respondError(state, request, UNKNOWN_ATTRIBUTE, [attribute(UnknownAttributes, [ChangeRequest.type])]);
  }

  const origin = originFor(change, fiveTuple.serverAddress, alternates);
  respondSuccess(state, { ...request, fiveTuple: { ...fiveTuple, serverAddress: origin } }, [
    mapped,
    attribute(ResponseOrigin, origin),
    attribute(OtherAddress, alternates.otherBoth),
  ]);
}

function originFor(
  change: ChangeRequestValue | undefined,
  serverAddress: TransportAddress,
  { otherIp, otherPort, otherBoth }: AlternateAddresses,
): TransportAddress {
  if (change?.changeIp === true) return change.changePort ? otherBoth : otherIp;
  return change?.changePort === true ? otherPort : serverAddress;
}
