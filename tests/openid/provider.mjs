// A real identity provider on this machine, for one client: whoever says who they are is believed.
// It says at which port it listens; the accounts come as JSON in ACCOUNTS: {name: {email, email_verified}}.
import { createServer } from "node:http";
import { once } from "node:events";
import Provider from "oidc-provider";

const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
const accounts = JSON.parse(process.env.ACCOUNTS);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "unstuck",
      client_secret: process.env.SECRET,
      redirect_uris: ["http://127.0.0.1/sign-in/openid/back"],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: process.env.AUTH_METHOD,
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: process.env.IN_ID_TOKEN !== "1",
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (ctx, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
  cookies: { keys: ["only for tests"] },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
});
// The service under test listens wherever there is room.
provider.Client.prototype.redirectUriAllowed = (uri) => /^http:\/\/127\.0\.0\.1:\d+\/sign-in\/openid\/back$/.test(uri);
server.on("request", provider.callback());
console.log(port);
