/** What one error code means, for programs (status) and for people (what happened, what to do). */
export interface ErrorMeaning {
  /** The HTTP status that goes with it. */
  readonly status: number;
  readonly en: string;
  readonly zh: string;
}

/** Every code that an answer of Pinhole can carry. Clients match on it; the texts may change. */
export type ErrorCode =
  | 'request.malformed'
  | 'request.too_large'
  | 'request.rate_limited'
  | 'route.not_found'
  | 'route.method_not_allowed'
  | 'token.missing'
  | 'token.malformed'
  | 'token.unknown_app'
  | 'token.bad_signature'
  | 'token.wrong_audience'
  | 'token.expired'
  | 'token.not_yet_valid'
  | 'app.mismatch'
  | 'gateway.bad_path'
  | 'gateway.ticket_invalid'
  | 'gateway.ticket_expired'
  | 'gateway.upstream_not_allowed'
  | 'gateway.upstream_unknown'
  | 'gateway.upgrade_refused'
  | 'gateway.address_refused'
  | 'gateway.redirect_refused'
  | 'gateway.upstream_failed'
  | 'gateway.upstream_timeout'
  | 'server.failed';

export const ERROR_MEANINGS: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  'request.malformed': {
    status: 400,
    en: 'The request body is not what this route expects. Send a JSON object, or nothing.',
    zh: '请求体格式不正确。请发送 JSON 对象，或不发送内容。',
  },
  'request.too_large': {
    status: 413,
    en: 'The request body is larger than 16 KB. Send less.',
    zh: '请求体超过 16 KB，请减小内容。',
  },
  'request.rate_limited': {
    status: 429,
    en: 'Too many requests from this address. Wait as long as Retry-After says.',
    zh: '该地址的请求过多，请按 Retry-After 等待后再试。',
  },
  'route.not_found': {
    status: 404,
    en: 'There is nothing at this path. Check the URL.',
    zh: '该路径不存在，请检查 URL。',
  },
  'route.method_not_allowed': {
    status: 405,
    en: 'This path does not take this method. The Allow header lists those that it takes.',
    zh: '该路径不支持此方法，支持的方法见 Allow 响应头。',
  },
  'token.missing': {
    status: 401,
    en: 'There is no app token. Send "Authorization: Bearer <token>"; your server or "pinhole token" makes one.',
    zh: '缺少应用令牌。请发送 "Authorization: Bearer <令牌>"，令牌由你的服务器或 "pinhole token" 生成。',
  },
  'token.malformed': {
    status: 401,
    en: 'The app token is not a JWT signed with HS256 that has app, sub, iat and exp. Check how it was made and copied.',
    zh: '应用令牌不是包含 app、sub、iat、exp 的 HS256 JWT。请检查令牌的生成与复制。',
  },
  'token.unknown_app': {
    status: 401,
    en: "The app token names an app that is not in this server's config. Check the AppID and the server.",
    zh: '令牌中的应用不在此服务器的配置中。请检查 AppID 与服务器地址。',
  },
  'token.bad_signature': {
    status: 401,
    en: "The app token's signature is wrong. Sign it with the app's secret from this server's config.",
    zh: '令牌签名不正确。请使用此服务器配置中该应用的 secret 签名。',
  },
  'token.wrong_audience': {
    status: 401,
    en: 'The token is not an app token: its audience must be "pinhole".',
    zh: '该令牌不是应用令牌：aud 必须为 "pinhole"。',
  },
  'token.expired': {
    status: 401,
    en: 'The app token has expired. Make a new one; where it is new, the clock of the server that made it is behind.',
    zh: '应用令牌已过期。请重新生成；若刚刚生成，则签发服务器的时钟偏慢。',
  },
  'token.not_yet_valid': {
    status: 401,
    en: 'The app token is from the future. The clock of the server that made it is ahead: synchronise it.',
    zh: '应用令牌的签发时间在未来。签发服务器的时钟偏快，请校准时间。',
  },
  'app.mismatch': {
    status: 403,
    en: 'The request is for one app and its token for another. Use a token of the app that the client names.',
    zh: '请求的应用与令牌的应用不一致。请使用该应用的令牌。',
  },
  'gateway.bad_path': {
    status: 400,
    en: 'The path is not /g/<ticket>/<upstream>/… in normal form. Build it with signalingUrl() of the SDK.',
    zh: '路径不是规范的 /g/<ticket>/<upstream>/… 形式。请使用 SDK 的 signalingUrl() 生成。',
  },
  'gateway.ticket_invalid': {
    status: 401,
    en: 'The gateway ticket is not one of this server. Start a new proxy session.',
    zh: '网关票据不是此服务器签发的。请重新建立代理会话。',
  },
  'gateway.ticket_expired': {
    status: 401,
    en: 'The gateway ticket has expired. Start a new proxy session.',
    zh: '网关票据已过期。请重新建立代理会话。',
  },
  'gateway.upstream_not_allowed': {
    status: 403,
    en: 'The app may not reach this upstream. Add it to the upstreams of the app in the config.',
    zh: '该应用无权访问此上游服务。请在配置中将其加入应用的 upstreams。',
  },
  'gateway.upstream_unknown': {
    status: 404,
    en: "There is no such upstream in this server's config.",
    zh: '此服务器的配置中没有该上游服务。',
  },
  'gateway.upgrade_refused': {
    status: 426,
    en: 'Only a WebSocket can be asked for here.',
    zh: '此处仅支持升级为 WebSocket。',
  },
  'gateway.address_refused': {
    status: 502,
    en: "The upstream's name resolves to an address that the gateway does not visit. Write the address itself into the config.",
    zh: '上游域名解析到了网关不访问的地址。请在配置中直接写明该地址。',
  },
  'gateway.redirect_refused': {
    status: 502,
    en: 'The upstream redirects to another origin, which the gateway does not follow. Declare that origin as an upstream.',
    zh: '上游重定向到其他源，网关不予跟随。请将该源声明为上游服务。',
  },
  'gateway.upstream_failed': {
    status: 502,
    en: 'The upstream cannot be reached or broke off. Check that it runs and that its address in the config is right.',
    zh: '无法连接上游服务或连接中断。请检查其是否运行，以及配置中的地址是否正确。',
  },
  'gateway.upstream_timeout': {
    status: 504,
    en: 'The upstream did not answer in time. Check that it runs and that a firewall does not drop the packets.',
    zh: '上游服务响应超时。请检查其是否运行，以及防火墙是否丢弃了数据包。',
  },
  'server.failed': {
    status: 500,
    en: "Pinhole failed to answer. The server's log says why.",
    zh: 'Pinhole 处理请求失败，原因见服务器日志。',
  },
};

/** The body of every error answer. */
export interface ErrorBody {
  readonly code: ErrorCode;
  /** English, for developers. */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The body for a code, with the code's own text. */
export function errorBody(code: ErrorCode, details?: Readonly<Record<string, unknown>>): ErrorBody {
  const message = ERROR_MEANINGS[code].en;
  return details === undefined ? { code, message } : { code, message, details };
}
