// What the rules of the manifests read of them.
export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string }[];
}
interface Peer {
  podSelector?: Selector;
}
export interface Way {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: number | string }[];
}

export interface Container {
  name: string;
  image: string;
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string } } }[];
  envFrom?: { configMapRef: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  securityContext?: { readOnlyRootFilesystem?: boolean; allowPrivilegeEscalation?: boolean; capabilities?: { drop?: string[] } };
  resources?: { limits?: { cpu?: string; memory?: string } };
  volumeMounts?: { name: string; mountPath?: string }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}
interface Probe {
  httpGet?: { port: string | number };
  tcpSocket?: { port: string | number };
  grpc?: { port: number };
}
interface Pod {
  metadata: { labels: Record<string, string> };
  spec: {
    enableServiceLinks?: boolean;
    securityContext?: { runAsNonRoot?: boolean; runAsUser?: number };
    containers: Container[];
    volumes?: { name: string; secret?: { secretName: string }; configMap?: { name: string } }[];
    topologySpreadConstraints?: unknown[];
  };
}
export interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  spec: {
    template: Pod;
    serviceName?: string;
    replicas?: number;
    selector?: Record<string, string> & Selector;
    podSelector?: Selector;
    ingress?: Way[];
    egress?: Way[];
    kafka?: { rack?: unknown };
    ports?: { name: string; port: number; targetPort: string | number }[];
    externalName?: string;
    secretName?: string;
    imageName?: string;
    postgresql?: { parameters?: Record<string, string> };
    maxReplicas?: number;
    scaleTargetRef?: { kind: string; name: string };
    tls?: { secretName: string }[];
    rules?: { http: { paths: { backend: { service: { name: string; port: { name: string } } } }[] } }[];
    externalClusters?: Record<'sslKey' | 'sslCert' | 'sslRootCert', { name: string }>[];
  };
}
