-- Certificates that partners show where they call, as the operator keeps them: SHA-256 of each one's DER, in hexadecimal digits. What was registered and ended stands in audit.
create table partner_certificates (
  platform text not null references partners,
  sha256 text not null,
  registered_at int8 not null,
  primary key (platform, sha256)
);
