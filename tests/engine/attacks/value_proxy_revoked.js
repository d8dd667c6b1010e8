// A revoked proxy. [ok; defaults]
const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); proxy;
