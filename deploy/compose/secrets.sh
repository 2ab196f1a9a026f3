#!/bin/sh
# Makes what cluster.yaml takes from outside: passwords, the key by which roots of the evidence are signed (who audits is given signing-key.pub.pem), the key by which this platform speaks to others, and an authority with a certificate for each service. In the folder that is given, or ./secrets beside
# this file; one that is there already stays as it is.
set -eu
folder=${1:-$(dirname "$0")/secrets}
[ ! -e "$folder" ] || { echo "$folder is there already" >&2; exit 1; }
umask 077
mkdir -p "$folder/mesh"
cd "$folder"

database=$(openssl rand -hex 24)
redis=$(openssl rand -hex 24)
printf '%s' "$database" > database-password
printf 'requirepass %s\nsave ""\nappendonly no\nmaxmemory 384mb\nmaxmemory-policy allkeys-lru\n' "$redis" > redis.conf
printf 'EXCHANGE_DATABASE_URL=postgresql://exchange:%s@postgres:5432/exchange\nEXCHANGE_HOT_STATE=redis://default:%s@redis:6379/exchange\n' "$database" "$redis" > exchange.env

openssl genpkey -algorithm ed25519 -out signing-key.pem
openssl pkey -in signing-key.pem -pubout -out signing-key.pub.pem
openssl genpkey -algorithm ed25519 -out platform-key.pem

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=compute exchange' -keyout authority.key -out ca.pem 2> /dev/null
for service in registry monitoring scheduler settlement voucher interconnect gateway; do
  mkdir "mesh/$service"
  cp ca.pem "mesh/$service/ca.pem"
  printf 'subjectAltName=URI:spiffe://compute-exchange/%s\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=digitalSignature\n' "$service" > extensions
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$service" -keyout "mesh/$service/key.pem" -out request 2> /dev/null
  openssl x509 -req -in request -CA ca.pem -CAkey authority.key -CAcreateserial -days 365 -extfile extensions -out "mesh/$service/cert.pem" 2> /dev/null
done
rm request extensions
# The folder itself is closed to others; what is mounted out of it must be readable by the containers' users.
chmod -R a+rX mesh
chmod a+r database-password redis.conf signing-key.pem platform-key.pem
echo "secrets and certificates are in $folder"
