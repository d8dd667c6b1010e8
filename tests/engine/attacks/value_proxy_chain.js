// Ten thousand proxies of one another. [ok; defaults]
let proxy = {}; for (let i = 0; i < 1e4; i++) proxy = new Proxy(proxy, {}); proxy;
