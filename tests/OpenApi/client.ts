// A client of the API as users would write it with openapi-fetch. It is compiled, never run: each line holds a promise of the document.
import createClient from "openapi-fetch";
import type { components, operations, paths } from "./obj/api.js";

type Schemas = components["schemas"];

const client = createClient<paths>({ baseUrl: "http://127.0.0.1:5380" });

/** Sends a batch with metadata of every type. */
async function send(liveKey: string): Promise<Schemas["RejectionReason"][]> {
  const { data, error } = await client.POST("/v1/events", {
    headers: { Authorization: `Bearer ${liveKey}` },
    body: {
      service_name: "hello",
      sent_at: null,
      context: { os: "linux", ci: false },
      events: [
        {
          event_type: "command_executed",
          user_id: "me",
          success: true,
          duration_ms: 1.5,
          metadata: { command: "build", flags: ["--fast", 3, true, null], nested: { a: { b: [{ c: 1 }] } } },
        },
      ],
    },
  });
  if (error) throw new Refused(error);
  const counted: number = data.accepted + data.duplicates;
  console.log(counted);
  return data.rejected.map((event) => event.code);
}

/** Reads statistics with a read key. */
async function read(readKey: string): Promise<number | null> {
  const headers = { "X-Api-Key": readKey };
  const overview = await client.GET("/v1/stats/overview", { headers, params: { query: { days: 7, env: "test" } } });
  if (overview.error) throw new Refused(overview.error);
  const installs: number | null = overview.data.installs;

  const top = await client.GET("/v1/stats/top", { headers, params: { query: { by: "command" } } });
  if (top.error) throw new Refused(top.error);
  const [first] = top.data.items;
  const p95: number | null | undefined = first?.p95_ms;

  const page = await client.GET("/v1/stats/events", { headers });
  if (page.error) throw new Refused(page.error);
  const cursor: string | null = page.data.next_cursor;
  const command: unknown = page.data.items[0]?.metadata["command"];
  console.log(p95, cursor, command);
  return installs;
}

/** Signs in, makes a project in the first tenant, and a key for it. */
async function manage(email: string, password: string): Promise<string | undefined> {
  const session = await client.POST("/v1/auth/sign-in", { body: { email, password } });
  if (session.error) throw new Refused(session.error);
  const headers = { "X-CSRF-Token": session.data.csrf_token };

  const { data, error } = await client.GET("/v1/tenants");
  if (error) throw new Refused(error);
  const mine = data.tenants.find((tenant) => tenant.role === "owner" && tenant.features.includes("teams"));
  if (!mine) return undefined;

  const project = await client.POST("/v1/tenants/{tenant}/projects", { headers, params: { path: { tenant: mine.id } }, body: { name: "hello" } });
  if (project.error) throw new Refused(project.error);
  const key = await client.POST("/v1/projects/{project}/keys", { headers, params: { path: { project: project.data.id } }, body: { kind: "live" } });
  if (key.error) throw new Refused(key.error);

  const role: Schemas["Role"] = "viewer";
  const path = { tenant: mine.id, account: "00000000-0000-0000-0000-000000000000" };
  await client.PATCH("/v1/tenants/{tenant}/members/{account}", { headers, params: { path }, body: { role } });
  return key.data.key;
}

/** A failed request: one type for every route. */
class Refused extends Error {
  constructor(readonly problem: Schemas["Problem"]) {
    super(problem.detail);
  }

  get isTemporary(): boolean {
    const code: Schemas["ErrorCode"] = this.problem.code;
    return code === "overloaded" || code === "storage_unavailable" || code === "rate_limited";
  }

  get parameters(): string[] {
    return this.problem.errors?.map((fault) => fault.parameter) ?? [];
  }
}

/** What must not compile. */
function wrong(): void {
  // @ts-expect-error: a parameter that doesn't exist
  void client.GET("/v1/stats/overview", { params: { query: { dayz: 7 } } });
  // @ts-expect-error: an environment that doesn't exist
  void client.GET("/v1/stats/overview", { params: { query: { env: "prod" } } });
  // @ts-expect-error: by is required
  void client.GET("/v1/stats/top", { params: { query: {} } });
  // @ts-expect-error: a kind of key that doesn't exist
  void client.POST("/v1/projects/{project}/keys", { params: { path: { project: "" } }, body: { kind: "write" } });
  // @ts-expect-error: an address is a text
  void client.POST("/v1/auth/sign-in", { body: { email: null, password: "" } });
  // @ts-expect-error: an event without a type
  void client.POST("/v1/events", { body: { events: [{ user_id: "me" }] } });
  // @ts-expect-error: an error code that doesn't exist
  const code: Schemas["ErrorCode"] = "no_such_code";
  console.log(code);
}

/** Operations have names. */
type Named = [operations["sendBatch"], operations["getOverview"], operations["signIn"], operations["createProject"], operations["createKey"]];

export { manage, read, send, wrong, type Named };
