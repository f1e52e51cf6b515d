/** The languages that end users are spoken to in. */
export type Locale = 'en' | 'zh';

/**
 * What an end user reads, by error code. One or two sentences without jargon: what happened, and what to do.
 * `{targets}` becomes the list of addresses that a firewall has to open, as `describeTargets()` writes it.
 */
const en = {
  'options.invalid': 'This app is not set up correctly. Please tell its support.',
  'token.unavailable': 'This app could not get your permission to use the network proxy. Please sign in again.',
  'session.unreachable':
    'The network proxy cannot be reached. Check your connection, or ask your network administrator to allow {targets}.',
  'session.token_rejected': 'Your permission to use the network proxy is not valid any more. Please sign in again.',
  'session.refused': 'The network proxy did not accept this app. Please tell the support of this app.',
  'session.server_error': 'The network proxy has a problem. Please try again in a few minutes.',
  'session.invalid_response':
    'The network proxy sent an answer that this app does not understand. Please tell the support of this app.',
  'start.unsupported': 'This browser cannot make calls. Please use a current version of a common browser.',
  'start.transport_not_offered':
    'The network proxy does not offer the way that this app asks for. Please tell the support of this app.',
  'start.all_transports_failed':
    'The call cannot get through your network. Please ask your network administrator to allow one of: {targets}.',
  'start.failed': 'Something went wrong in this app. Please reload it.',
  'start.stopped': 'The connection was cancelled.',
  'state.already_started': 'This app did something at the wrong moment. Please reload it.',
  'state.not_ready': 'This app did something at the wrong moment. Please reload it.',
  'signaling.invalid_url': 'This app is not set up correctly. Please tell its support.',
  'signaling.unknown_origin': 'The network proxy does not lead to this service. Please tell the support of this app.',
};

const zh: typeof en = {
  'options.invalid': '应用设置有误，请联系应用的技术支持。',
  'token.unavailable': '应用未能取得使用网络代理的许可，请重新登录。',
  'session.unreachable': '无法连接网络代理。请检查网络，或请网络管理员放行 {targets}。',
  'session.token_rejected': '您使用网络代理的许可已失效，请重新登录。',
  'session.refused': '网络代理未接受此应用，请联系应用的技术支持。',
  'session.server_error': '网络代理出现故障，请过几分钟再试。',
  'session.invalid_response': '应用无法理解网络代理的回答，请联系应用的技术支持。',
  'start.unsupported': '此浏览器不能进行音视频通话，请使用常用浏览器的最新版本。',
  'start.transport_not_offered': '网络代理不提供应用要求的连接方式，请联系应用的技术支持。',
  'start.all_transports_failed': '通话无法穿过您所在的网络。请网络管理员至少放行以下之一：{targets}。',
  'start.failed': '应用出现错误，请重新加载。',
  'start.stopped': '连接已取消。',
  'state.already_started': '应用的操作时机不对，请重新加载应用。',
  'state.not_ready': '应用的操作时机不对，请重新加载应用。',
  'signaling.invalid_url': '应用设置有误，请联系应用的技术支持。',
  'signaling.unknown_origin': '网络代理不通往此服务，请联系应用的技术支持。',
};

/** Stable: a code keeps its meaning, and is never reused for another. The list is in ERRORS.md. */
export type ProxyErrorCode = keyof typeof en;

/** By language, then by code. */
export const ERROR_TEXTS: Readonly<Record<Locale, Readonly<Record<ProxyErrorCode, string>>>> = { en, zh };

/** Fills `{targets}` in. */
export function userText(code: ProxyErrorCode, locale: Locale, targets: readonly string[]): string {
  const fallback = locale === 'zh' ? '代理服务器的地址' : 'the address of the proxy';
  const list = targets.length === 0 ? fallback : targets.join(locale === 'zh' ? '、' : ', ');
  return ERROR_TEXTS[locale][code].replace('{targets}', list);
}
