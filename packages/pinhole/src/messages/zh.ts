import type { Messages } from './en.ts';

export const zh: Messages = {
  ready: (seconds) => `Pinhole 已就绪（${seconds} 秒）。`,
  demoPage: '演示页面',
  server: '服务地址',
  datapath: '数据通路',
  metrics: '监控指标',
  developmentAuthority: '开发 CA',
  trust: (command) => `浏览器信任它之前，TURN over TLS 会失败：${command}`,
  noWeb: '未配置 mux 监听，因此没有网页端口',
  snippet: '在应用中使用（令牌：pinhole token APP）：',
  allowlist: {
    protocol: '协议',
    ip: 'IP',
    port: '端口',
    purpose: '用途',
    purposes: { media: '媒体', all: '网页、信令与媒体：仅此一条即可' },
  },
};
