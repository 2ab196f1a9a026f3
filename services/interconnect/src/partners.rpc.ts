import { PartnersDefinition } from '#contracts';
import type {
  AddPartnerCertificateRequest,
  AddPartnerKeyRequest,
  AmendPartnerRequest,
  EndPartnerCertificateRequest,
  EndPartnerKeyRequest,
  GetPartnerMessageRequest,
  GetPartnerRequest,
  JournalledMessage,
  ListPartnerAuditRequest,
  ListPartnerAuditResponse,
  ListPartnerMessagesRequest,
  ListPartnerMessagesResponse,
  ListPartnersRequest,
  ListPartnersResponse,
  MovePartnerRequest,
  OwnPlatform as OwnPlatformAnswer,
  Partner,
  RegisterPartnerRequest,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { MessageQuery } from './message.query.js';
import { OwnPlatform } from './own-platform.js';
import { PartnerQuery } from './partner.query.js';
import { Partners } from './partners.js';

@Rpc(PartnersDefinition)
export class PartnersRpc implements Implementation<typeof PartnersDefinition> {
  constructor(
    private readonly own: OwnPlatform,
    private readonly partners: Partners,
    private readonly query: PartnerQuery,
    private readonly messages: MessageQuery,
  ) {}

  async getOwnPlatform(): Promise<OwnPlatformAnswer> {
    return this.own.show();
  }

  registerPartner(request: RegisterPartnerRequest, call: Call): Promise<Partner> {
    return this.partners.register(request, call);
  }

  amendPartner(request: AmendPartnerRequest, call: Call): Promise<Partner> {
    return this.partners.amend(request, call);
  }

  addPartnerKey(request: AddPartnerKeyRequest, call: Call): Promise<Partner> {
    return this.partners.addKey(request, call);
  }

  endPartnerKey(request: EndPartnerKeyRequest, call: Call): Promise<Partner> {
    return this.partners.endKey(request, call);
  }

  addPartnerCertificate(request: AddPartnerCertificateRequest, call: Call): Promise<Partner> {
    return this.partners.addCertificate(request, call);
  }

  endPartnerCertificate(request: EndPartnerCertificateRequest, call: Call): Promise<Partner> {
    return this.partners.endCertificate(request, call);
  }

  suspendPartner(request: MovePartnerRequest, call: Call): Promise<Partner> {
    return this.partners.move(request, 'suspend', call);
  }

  resumePartner(request: MovePartnerRequest, call: Call): Promise<Partner> {
    return this.partners.move(request, 'resume', call);
  }

  leavePartner(request: MovePartnerRequest, call: Call): Promise<Partner> {
    return this.partners.move(request, 'leave', call);
  }

  getPartner({ platform }: GetPartnerRequest): Promise<Partner> {
    return this.query.get(platform);
  }

  listPartners(request: ListPartnersRequest): Promise<ListPartnersResponse> {
    return this.query.list(request);
  }

  listPartnerAudit(request: ListPartnerAuditRequest): Promise<ListPartnerAuditResponse> {
    return this.query.audit(request);
  }

  listPartnerMessages(request: ListPartnerMessagesRequest): Promise<ListPartnerMessagesResponse> {
    return this.messages.list(request);
  }

  getPartnerMessage({ number }: GetPartnerMessageRequest): Promise<JournalledMessage> {
    return this.messages.get(number);
  }
}
